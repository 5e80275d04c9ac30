export { messageOf, UserError, wordsOf } from "../../lib/user-error";

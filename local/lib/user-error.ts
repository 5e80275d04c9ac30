export { messageOf, UserError, wordsOf } from "../../stack-json/user-error";

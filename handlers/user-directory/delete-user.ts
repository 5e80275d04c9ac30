import { userDirectoryApi } from "../../contracts/user-directory";
import { handle } from "../runtime/handle";
import { store } from "./table";

/** `DELETE /users/{userId}` */
export const handler = handle(userDirectoryApi.routes.deleteUser, async ({ params, headers, requestId }) => {
  await store.delete(params.userId, requestId, headers["if-match"]);
  return undefined;
});

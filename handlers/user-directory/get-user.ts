import { userDirectoryApi } from "../../contracts/user-directory";
import { handle } from "../runtime/handle";
import { reply } from "../runtime/response";
import { store } from "./table";
import { etagOf } from "./user";

/** `GET /users/{userId}` */
export const handler = handle(userDirectoryApi.routes.getUser, async ({ params }) => {
  const user = await store.get(params.userId);
  return reply(user, { headers: { ETag: etagOf(user) } });
});

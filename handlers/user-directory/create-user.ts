import { userDirectoryApi } from "../../contracts/user-directory";
import { handle } from "../runtime/handle";
import { locationBelow, reply } from "../runtime/response";
import { uuidV7 } from "../runtime/uuid";
import { store } from "./table";
import { etagOf } from "./user";

/** `POST /users` */
export const handler = handle(userDirectoryApi.routes.createUser, async ({ body, requestId, path }) => {
  const user = await store.create({ ...body, userId: body.userId ?? uuidV7(Date.now()) }, requestId);
  return reply(user, { headers: { ETag: etagOf(user), Location: locationBelow(path, user.userId) } });
});

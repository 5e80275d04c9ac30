import { userDirectoryApi } from "../../contracts/user-directory";
import { handle } from "../runtime/handle";
import { locationBelow, reply } from "../runtime/response";
import { uuidV7 } from "../runtime/uuid";
import { store } from "./table";

/** `POST /users` */
export const handler = handle(userDirectoryApi.routes.createUser, async ({ body, requestId, path }) => {
  const now = new Date();
  const user = { ...body, userId: body.userId ?? uuidV7(now.getTime()), createdAt: now.toISOString() };
  await store.create(user, requestId);
  return reply(user, { headers: { Location: locationBelow(path, user.userId) } });
});

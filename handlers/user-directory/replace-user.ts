import { userDirectoryApi } from "../../contracts/user-directory";
import { PreconditionRequired } from "../runtime/errors";
import { handle } from "../runtime/handle";
import { reply } from "../runtime/response";
import { store } from "./table";
import { etagOf } from "./user";

/** `PUT /users/{userId}` */
export const handler = handle(userDirectoryApi.routes.replaceUser, async ({ params, headers, body, requestId }) => {
  const etag = headers["if-match"];
  if (etag === undefined) throw new PreconditionRequired();
  const user = await store.replace(params.userId, etag, { body, token: requestId });
  return reply(user, { headers: { ETag: etagOf(user) } });
});

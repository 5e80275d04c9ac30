import { userManagementApi } from "../../contracts/user-management";
import { recordActivity } from "../runtime/activity";
import { PreconditionRequired } from "../runtime/errors";
import { count } from "../runtime/metrics";
import { reply } from "../runtime/response";
import { serve } from "./serve";
import { store } from "./table";
import { etagOf, revisionOf } from "./user";

/** `PUT /users/{userId}` */
export const handler = serve(
  userManagementApi.routes.replaceUser,
  async ({ params: { userId }, headers, body, caller, requestId }) => {
    const etag = headers["if-match"];
    if (etag === undefined) throw new PreconditionRequired();
    const user = await store.replace(userId, revisionOf(etag), { body, token: requestId });
    count("UsersUpdated");
    await recordActivity({ who: caller, what: "replaceUser", subject: userId, version: user.version, requestId });
    return reply(user, { headers: { ETag: etagOf(user) } });
  },
);

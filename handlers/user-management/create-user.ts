import { userManagementApi } from "../../contracts/user-management";
import { recordActivity } from "../runtime/activity";
import { count } from "../runtime/metrics";
import { locationBelow, reply } from "../runtime/response";
import { uuidV7 } from "../runtime/uuid";
import { serve } from "./serve";
import { store } from "./table";
import { etagOf } from "./user";

/** `POST /users` */
export const handler = serve(userManagementApi.routes.createUser, async ({ body, caller, requestId, path }) => {
  const { userId = uuidV7(Date.now()), ...rest } = body;
  const user = await store.create({ userId, ...rest }, requestId);
  count("UsersCreated");
  await recordActivity({ who: caller, what: "createUser", subject: userId, version: user.version, requestId });
  return reply(user, { headers: { ETag: etagOf(user), Location: locationBelow(path, userId) } });
});

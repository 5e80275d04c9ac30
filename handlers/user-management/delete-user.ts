import { userManagementApi } from "../../contracts/user-management";
import { recordActivity } from "../runtime/activity";
import { count } from "../runtime/metrics";
import { serve } from "./serve";
import { store } from "./table";

/** `DELETE /users/{userId}` */
export const handler = serve(userManagementApi.routes.deleteUser, async ({ params: { userId }, caller, requestId }) => {
  const version = await store.delete(userId, requestId);
  count("UsersDeleted");
  await recordActivity({ who: caller, what: "deleteUser", subject: userId, version, requestId });
  return undefined;
});

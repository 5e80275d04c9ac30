import { userManagementApi } from "../../contracts/user-management";
import { reply } from "../runtime/response";
import { serve } from "./serve";
import { store } from "./table";
import { etagOf } from "./user";

/** `GET /users/{userId}` */
export const handler = serve(userManagementApi.routes.getUser, async ({ params }) => {
  const user = await store.get(params.userId);
  return reply(user, { headers: { ETag: etagOf(user) } });
});

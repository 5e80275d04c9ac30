import { userManagementApi } from "../../contracts/user-management";
import { serve } from "./serve";
import { imports } from "./table";

/** `GET /users/import/{importId}` */
export const handler = serve(userManagementApi.routes.getImport, async ({ params }) => imports.get(params.importId));

import { userDirectoryApi } from "../../contracts/user-directory";
import { handle } from "../runtime/handle";
import { store } from "./table";

/** `GET /users/{userId}` */
export const handler = handle(userDirectoryApi.routes.getUser, async ({ params }) => store.get(params.userId));

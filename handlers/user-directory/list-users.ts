import { userDirectoryApi } from "../../contracts/user-directory";
import { cursors } from "../runtime/cursor";
import { requiredEnv } from "../runtime/env";
import { handle } from "../runtime/handle";
import { secret } from "../runtime/secret";
import { store } from "./table";

const pages = cursors<string>("listUsers", secret(requiredEnv("CURSOR_SECRET_PARAMETER")));

/** `GET /users?email=&limit=&cursor=` */
export const handler = handle(userDirectoryApi.routes.listUsers, async ({ query: { email, limit, cursor } }) => {
  const after = cursor === undefined ? undefined : await pages.open(cursor, email);
  const { users: items, end } = await store.list(email, limit, after);
  return end === undefined ? { items } : { items, nextCursor: await pages.seal(end, email) };
});

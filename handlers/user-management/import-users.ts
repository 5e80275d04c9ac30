import { userManagementApi } from "../../contracts/user-management";
import { requiredEnv } from "../runtime/env";
import { eventSender } from "../runtime/events";
import { count } from "../runtime/metrics";
import { uuidV7 } from "../runtime/uuid";
import type { ImportEvent } from "./import-event";
import { serve } from "./serve";
import { imports } from "./table";

const send = eventSender<ImportEvent>(requiredEnv("IMPORT_FUNCTION"));

/** `POST /users/import`: accepted when Lambda has every user; a client that receives an error sends all of them again. */
export const handler = serve(userManagementApi.routes.importUsers, async ({ body: { users }, caller }) => {
  const importId = uuidV7(Date.now());
  await imports.accept(
    importId,
    users.map(({ userId }) => userId),
  );
  await send(users.map((user) => ({ importId, caller, user })));
  count("UsersAccepted", users.length);
  return { importId, users: users.length };
});

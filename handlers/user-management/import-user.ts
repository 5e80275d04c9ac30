import { recordActivity } from "../runtime/activity";
import { handleEvent } from "../runtime/handle-event";
import { count } from "../runtime/metrics";
import { ImportEvent } from "./import-event";
import { store } from "./table";

/** One user of `POST /users/import`, in the background. */
export const handler = handleEvent(ImportEvent, async ({ importId, caller, user }) => {
  const { userId } = user;
  if (!(await store.import(user, importId))) return;
  count("UsersImported");
  const requestId = `${importId}-${userId}`;
  await recordActivity({ who: caller, what: "importUsers", subject: userId, version: 1, requestId });
});

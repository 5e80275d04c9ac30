import type { Context } from "aws-lambda";
import { recordActivity } from "../runtime/activity";
import { Conflict } from "../runtime/errors";
import { putAside } from "../runtime/failed-events";
import { describeFailure, kindOf } from "../runtime/failures";
import { handleEvent } from "../runtime/handle-event";
import { count } from "../runtime/metrics";
import { logger } from "../runtime/telemetry";
import { ImportEvent } from "./import-event";
import { imports, store } from "./table";

/** A user whose id somebody else has: the client's affair, which no other attempt mends and no alarm on faults is about. */
async function putConflictAside(event: ImportEvent, context: Context): Promise<void> {
  await putAside(event, context, "CONFLICT");
  await imports.settle(event.importId, event.user.userId, "conflict");
  logger().warn("user not imported: the id is somebody else's", { importId: event.importId });
}

/** Lets the client see that an attempt failed. What it failed over may be the table itself; the failure counts, not this. */
async function showFailure({ importId, user }: ImportEvent, thrown: unknown): Promise<void> {
  try {
    await imports.fail(importId, user.userId, kindOf(thrown));
  } catch (error) {
    logger().warn("failed attempt not written down", { failure: describeFailure(error) });
  }
}

async function importUser({ importId, caller, user }: ImportEvent): Promise<void> {
  const { userId } = user;
  const isOurs = await store.import(user, importId);
  if (isOurs) {
    count("UsersImported");
    const requestId = `${importId}-${userId}`;
    await recordActivity({ who: caller, what: "importUsers", subject: userId, version: 1, requestId });
  }
  await imports.settle(importId, userId, isOurs ? "imported" : "unchanged");
}

/** One user of `POST /users/import`, in the background. */
export const handler = handleEvent(ImportEvent, async (event, context) => {
  try {
    await importUser(event);
  } catch (thrown) {
    if (thrown instanceof Conflict) return putConflictAside(event, context);
    await showFailure(event, thrown);
    throw thrown;
  }
});

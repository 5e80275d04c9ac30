import { recordsApi } from "../../contracts/records";
import { recordActivity } from "../runtime/activity";
import { debug } from "../runtime/debug";
import { handle } from "../runtime/handle";
import { count } from "../runtime/metrics";
import { locationBelow, reply } from "../runtime/response";
import { uuidV7 } from "../runtime/uuid";
import { versionQuery } from "./address";
import { claimOf } from "./idempotency";
import { answered, type Draft, etagOf } from "./record";
import { store } from "./table";

function draft(): Draft {
  const now = new Date();
  return { recordId: uuidV7(now.getTime()), createdAt: now.toISOString() };
}

/** `POST /records` */
export const handler = handle(recordsApi.routes.createRecord, async ({ body, headers, caller, requestId, path }) => {
  const key = headers["idempotency-key"];
  const claim = key === undefined ? {} : { claim: claimOf(caller, key, body) };
  const { record, created } = await store.create(body, { draft: draft(), token: requestId, ...claim });
  const { recordId, version } = record;
  debug("idempotency", () => ({ idempotency: { key: key !== undefined, created } }));
  if (created) {
    count("RecordsCreated");
    count("ValuesProcessed", body.values.length);
    await recordActivity({ who: caller, what: "createRecord", subject: recordId, version, requestId });
  }
  const location = `${locationBelow(path, recordId)}${versionQuery(record)}`;
  return reply(answered(record), {
    status: created ? 201 : 200,
    headers: { ETag: etagOf(record), Location: location },
  });
});

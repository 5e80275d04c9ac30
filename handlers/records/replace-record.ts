import { recordsApi } from "../../contracts/records";
import { recordActivity } from "../runtime/activity";
import { PreconditionRequired } from "../runtime/errors";
import { handle } from "../runtime/handle";
import { count } from "../runtime/metrics";
import { reply } from "../runtime/response";
import { etagOf, versionOf } from "./record";
import { store } from "./table";

/** `PUT /records/{recordId}` */
export const handler = handle(recordsApi.routes.replaceRecord, async ({ params, headers, body, caller, requestId }) => {
  const { recordId } = params;
  const etag = headers["if-match"];
  if (etag === undefined) throw new PreconditionRequired();
  const record = await store.replace(recordId, versionOf(etag), { body, token: requestId });
  count("RecordsUpdated");
  count("ValuesProcessed", body.values.length);
  await recordActivity({ who: caller, what: "replaceRecord", subject: recordId, version: record.version, requestId });
  return reply(record, { headers: { ETag: etagOf(record) } });
});

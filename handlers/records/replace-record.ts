import { recordsApi } from "../../contracts/records";
import { recordActivity } from "../runtime/activity";
import { PreconditionRequired } from "../runtime/errors";
import { handle } from "../runtime/handle";
import { count } from "../runtime/metrics";
import { reply } from "../runtime/response";
import { StaleVersion, versionQuery } from "./address";
import { answered, etagOf, versionOf } from "./record";
import { store } from "./table";

/** `PUT /records/{recordId}` */
export const handler = handle(
  recordsApi.routes.replaceRecord,
  async ({ params: { recordId }, headers, body, caller, requestId, path }) => {
    const etag = headers["if-match"];
    if (etag === undefined) throw new PreconditionRequired();
    const change = { body, token: requestId };
    const record = await store.replace(recordId, versionOf(etag), change).catch((thrown: unknown) => {
      throw thrown instanceof StaleVersion ? thrown.at(path) : thrown;
    });
    count("RecordsUpdated");
    count("ValuesProcessed", body.values.length);
    await recordActivity({ who: caller, what: "replaceRecord", subject: recordId, version: record.version, requestId });
    const location = `${path}${versionQuery(record)}`;
    return reply(answered(record), { headers: { ETag: etagOf(record), Location: location } });
  },
);

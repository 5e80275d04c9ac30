import { recordsApi } from "../../contracts/records";
import { recordActivity } from "../runtime/activity";
import { handle } from "../runtime/handle";
import { count } from "../runtime/metrics";
import { reply } from "../runtime/response";
import { deletionQuery } from "./address";
import { store } from "./table";

/** `DELETE /records/{recordId}` */
export const handler = handle(
  recordsApi.routes.deleteRecord,
  async ({ params: { recordId }, caller, requestId, path }) => {
    const version = await store.delete(recordId, requestId);
    count("RecordsDeleted");
    await recordActivity({ who: caller, what: "deleteRecord", subject: recordId, version, requestId });
    return reply(undefined, { headers: { Location: `${path}${deletionQuery(requestId)}` } });
  },
);

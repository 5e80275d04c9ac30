import { recordsApi } from "../../contracts/records";
import { handle } from "../runtime/handle";
import { reply } from "../runtime/response";
import { etagOf } from "./record";
import { store } from "./table";

/** `GET /records/{recordId}` */
export const handler = handle(recordsApi.routes.getRecord, async ({ params }) => {
  const record = await store.get(params.recordId);
  return reply(record, { headers: { ETag: etagOf(record) } });
});

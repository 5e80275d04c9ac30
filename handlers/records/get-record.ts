import { recordsApi } from "../../contracts/records";
import { NotFound } from "../runtime/errors";
import { handle } from "../runtime/handle";
import { reply } from "../runtime/response";
import { versionQuery } from "./address";
import { answered, etagOf } from "./record";
import { store } from "./table";

/** `GET /records/{recordId}?version=&write=` */
export const handler = handle(recordsApi.routes.getRecord, async ({ params, query }) => {
  const record = await store.get(params.recordId);
  // The cache would keep an older version under the address of one that is still to come.
  if (query.version !== undefined && record.version < query.version)
    throw new NotFound(`The record has no version ${query.version}; its current version is ${record.version}.`);
  // A query by itself, which belongs to whatever path the answer is read at: others are given this one from the cache.
  return reply(answered(record), { headers: { ETag: etagOf(record), "Content-Location": versionQuery(record) } });
});

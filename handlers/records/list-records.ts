import { recordsApi } from "../../contracts/records";
import { cursors } from "../runtime/cursor";
import { requiredEnv } from "../runtime/env";
import { handle } from "../runtime/handle";
import { secret } from "../runtime/secret";
import { answered } from "./record";
import type { PageEnd } from "./record-operations";
import { store } from "./table";

const pages = cursors<PageEnd>("listRecords", secret(requiredEnv("CURSOR_SECRET_PARAMETER")));

/** `GET /records?source=&limit=&cursor=` */
export const handler = handle(recordsApi.routes.listRecords, async ({ query: { source, limit, cursor } }) => {
  const after = cursor === undefined ? undefined : await pages.open(cursor, source);
  const { records, end } = await store.list(source, limit, after);
  const items = records.map(answered);
  return end ? { items, nextCursor: await pages.seal(end, source) } : { items };
});

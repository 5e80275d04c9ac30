import { itemsApi } from "../../contracts/items";
import { handle } from "../runtime/handle";
import { store } from "./table";

/** `GET /api/items?limit=&cursor=` */
export const handler = handle(itemsApi.routes.listItems, async ({ query: { limit, cursor } }) => {
  const { items, end } = await store.list(limit, cursor);
  return end === undefined ? { items } : { items, nextCursor: end };
});

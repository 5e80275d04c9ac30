import { itemsApi } from "../../contracts/items";
import { handle } from "../runtime/handle";
import { assets } from "./bucket";
import { store } from "./table";

/** `GET /api/items/{id}` */
export const handler = handle(itemsApi.routes.getItem, async ({ params }) => {
  const item = await store.get(params.id);
  return { ...item, asset: item.asset && (await assets.current(item.id, item.asset)) };
});

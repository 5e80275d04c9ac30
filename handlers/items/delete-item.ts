import { itemsApi } from "../../contracts/items";
import { handle } from "../runtime/handle";
import { assets } from "./bucket";
import { store } from "./table";

/** `DELETE /api/items/{id}` */
export const handler = handle(itemsApi.routes.deleteItem, async ({ params: { id }, requestId }) => {
  await store.delete(id, requestId, () => assets.erase(id));
  return undefined;
});

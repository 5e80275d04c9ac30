import { itemsApi } from "../../contracts/items";
import { handle } from "../runtime/handle";
import { reply } from "../runtime/response";
import { uuidV7 } from "../runtime/uuid";
import { assets } from "./bucket";
import { store } from "./table";

/** `POST /api/items` */
export const handler = handle(itemsApi.routes.createItem, async ({ body, path }) => {
  const now = new Date();
  const item = { ...body, id: uuidV7(now.getTime()), createdAt: now.toISOString() };
  await store.add(item);
  const asset = item.asset && (await assets.toUpload(item.id, item.asset));
  return reply({ ...item, asset }, { headers: { Location: `${path.replace(/\/+$/, "")}/${item.id}` } });
});

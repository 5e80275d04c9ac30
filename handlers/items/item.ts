import type * as z from "zod/mini";
import type { Item as ItemSchema, NewAsset as NewAssetSchema, NewItem } from "../../contracts/items";

/** An item as it is answered. */
export type Item = z.infer<typeof ItemSchema>;

/** What an asset is, wherever it may be. */
export type AssetFacts = z.infer<typeof NewAssetSchema>;

/** An item as it is kept: where its asset can be had is for the moment only. */
export type StoredItem = Omit<Item, "asset"> & { readonly asset?: AssetFacts | undefined };

/** What a client sends to have an item made. */
export type NewItemBody = z.infer<typeof NewItem>;

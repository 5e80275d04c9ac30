import type * as z from "zod/mini";
import type { Item as ItemSchema, NewItem } from "../../contracts/items";

/** An item as it is answered. */
export type Item = z.infer<typeof ItemSchema>;

/** The fields of an asset, wherever it is stored. */
export type AssetFacts = NonNullable<z.infer<typeof NewItem>["asset"]>;

/** An item as it is kept: where its asset can be had is for the moment only. */
export type StoredItem = Omit<Item, "asset"> & { readonly asset?: AssetFacts | undefined };

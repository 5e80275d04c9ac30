import * as z from "zod/mini";
import type { Api } from "./api";
import { ErrorSchema } from "./errors";
import { anyJson, instant, integerText, onDemand, text } from "./fields";

/** The largest asset in bytes: what a browser still uploads in one piece within minutes. */
const LARGEST_ASSET = 50 * 1024 * 1024;

/** The most that an item's data takes as JSON text in UTF-8, without spaces: a quarter of what DynamoDB keeps in an item. */
const LARGEST_DATA = 100 * 1024;

const bytesMessage = `must be a whole number 1–${LARGEST_ASSET}`;

const itemId = () => z.uuidv7("must be a UUID of version 7");
const itemName = () => text(200);
const description = () => z.optional(text(2000));
const data = () =>
  z.optional(
    anyJson().check(
      z.refine(
        (value) => value === undefined || new TextEncoder().encode(JSON.stringify(value)).length <= LARGEST_DATA,
        `must be at most ${LARGEST_DATA} bytes of JSON`,
      ),
    ),
  );

/** The fields of an asset. They can't change once the item is created: upload URLs are signed for them. */
const assetFields = () => ({
  contentType: z
    .string()
    .check(
      z.regex(
        /^[a-z]{1,30}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,68}$/,
        "must be a media type without parameters, like image/png",
      ),
    ),
  bytes: z.int(bytesMessage).check(z.gte(1, bytesMessage), z.lte(LARGEST_ASSET, bytesMessage)),
});

/** Request body that creates an item. */
export const NewItem = onDemand(() =>
  z.strictObject({
    name: itemName(),
    description: description(),
    data: data(),
    asset: z.optional(z.strictObject(assetFields())),
  }),
);

/** An item's asset. An item by itself says where to upload it, or once it is there, where to download it. */
const asset = () =>
  z.strictObject({
    ...assetFields(),
    // PUT with these headers and as many bytes as were announced.
    upload: z.optional(
      z.strictObject({ url: z.string(), headers: z.record(z.string(), z.string()), expiresAt: instant() }),
    ),
    download: z.optional(z.strictObject({ url: z.string(), expiresAt: instant() })),
  });

/** An item as it is answered. */
export const Item = onDemand(() =>
  z.strictObject({
    id: itemId(),
    name: itemName(),
    description: description(),
    data: z.optional(z.unknown()),
    createdAt: instant(),
    asset: z.optional(asset()),
  }),
);

/** One page of the list, newest first. Only a missing `nextCursor` says that there is no more. */
export const ItemPage = onDemand(() => z.strictObject({ items: z.array(Item), nextCursor: z.optional(z.string()) }));

const params = onDemand(() => z.object({ id: itemId() }));

/** The items system's contract: a catalogue whose items may carry a file. */
export const itemsApi = {
  name: "items",
  version: "1.0.0",
  description: "A catalogue of items, each with a file if it likes.",
  models: { NewItem, Item, ItemPage, Error: ErrorSchema },
  routes: {
    listItems: {
      method: "GET",
      path: "/api/items",
      summary: "List items, newest first",
      access: "apiKey",
      query: onDemand(() =>
        z.strictObject({
          limit: z._default(integerText(1, 100), 25),
          // Where a page ended. The list is the same for everybody, so there is nothing to forge.
          cursor: z.optional(z.uuidv7("must be a cursor as it was handed out")),
        }),
      ),
      status: 200,
      response: ItemPage,
      errors: [400, 503],
    },
    createItem: {
      method: "POST",
      path: "/api/items",
      summary: "Make an item; its answer says where to upload its asset",
      access: "apiKey",
      body: NewItem,
      status: 201,
      response: Item,
      responseHeaders: { Location: "The path of the item" },
      errors: [400, 503],
    },
    getItem: {
      method: "GET",
      path: "/api/items/{id}",
      summary: "Read an item; it says where to download its asset",
      access: "apiKey",
      params,
      status: 200,
      response: Item,
      errors: [400, 404, 503],
    },
    deleteItem: {
      method: "DELETE",
      path: "/api/items/{id}",
      summary: "Delete an item and its asset",
      access: "apiKey",
      params,
      status: 204,
      errors: [400, 404, 503],
    },
  },
} as const satisfies Api;

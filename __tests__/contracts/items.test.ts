import fc from "fast-check";
import { itemsApi, NewItem } from "../../contracts/items";
import { validatorsOf } from "../support/validators";

const { gatewayAccepts, handlerAccepts } = validatorsOf(itemsApi);

const largest = 50 * 1024 * 1024;

/** Values at, just inside and just outside of what the contract allows, and plain nonsense. */
const odd = fc.constantFrom<unknown>(
  "",
  "x".repeat(200),
  "x".repeat(201),
  "𝒳".repeat(100),
  "𝒳".repeat(101),
  "x".repeat(2000),
  "x".repeat(2001),
  "\u0000",
  "\ud800",
  "__proto__",
  "image/png",
  "image/png; charset=utf-8",
  null,
  true,
  0,
  1,
  1.5,
  -1,
  largest,
  largest + 1,
  [],
  {},
);
const assets = fc.record({ contentType: odd, bytes: odd, extra: odd }, { requiredKeys: [] });
const body = fc.record(
  { name: odd, description: odd, data: fc.jsonValue(), asset: fc.oneof(assets, odd), extra: odd },
  { requiredKeys: [] },
);
const writing = (maxLength: number) =>
  fc
    .string({ unit: "grapheme", minLength: 1, maxLength })
    .filter((text) => !/\p{Cc}/u.test(text) && text.length <= 200);
const validBody = fc.record(
  {
    name: writing(50),
    description: writing(50),
    data: fc.jsonValue(),
    asset: fc.record({
      contentType: fc.stringMatching(/^[a-z]{1,30}\/[A-Za-z0-9][A-Za-z0-9.+-]{0,68}$/),
      bytes: fc.integer({ min: 1, max: largest }),
    }),
  },
  { requiredKeys: ["name"] },
);

it("has the handler accept what it promises to take", () => {
  fc.assert(fc.property(validBody, (candidate) => handlerAccepts(NewItem, candidate)));
});

it("has the gateway accept every item that the handler accepts", () => {
  fc.assert(
    fc.property(fc.oneof(body, validBody), (candidate) => {
      const sent = JSON.parse(JSON.stringify(candidate));
      return !handlerAccepts(NewItem, sent) || gatewayAccepts("NewItem", sent);
    }),
    { numRuns: 1000 },
  );
});

it("has the gateway refuse what it can see is wrong, before a function is called", () => {
  const good = { name: "chair", asset: { contentType: "image/png", bytes: 1 } };

  expect(gatewayAccepts("NewItem", good)).toBe(true);
  for (const wrong of [
    {},
    { ...good, name: "" },
    { ...good, name: "x".repeat(201) },
    { ...good, name: 1 },
    { ...good, asset: {} },
    { ...good, asset: { contentType: "image", bytes: 1 } },
    { ...good, asset: { contentType: "image/png", bytes: 0 } },
    { ...good, asset: { contentType: "image/png", bytes: largest + 1 } },
    { ...good, extra: 1 },
  ]) {
    expect(gatewayAccepts("NewItem", wrong)).toBe(false);
  }
});

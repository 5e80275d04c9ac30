import fc from "fast-check";
import { NewRecord, RecordChange, recordsApi } from "../../contracts/records";
import { validatorsOf } from "../support/validators";

const { gatewayAccepts, handlerAccepts } = validatorsOf(recordsApi);

/** Values at, just inside and just outside of what the contract allows, and plain nonsense. */
const odd = fc.constantFrom<unknown>(
  "",
  " ",
  "x".repeat(64),
  "x".repeat(65),
  "x".repeat(128),
  "x".repeat(129),
  "é",
  "\u0000",
  "\ud800",
  "𝒳",
  "__proto__",
  null,
  true,
  0,
  -1,
  1e100,
  1.1e100,
  -1e100,
  1e-100,
  9e-101,
  5e-324,
  [],
  {},
);
const name = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[A-Za-z0-9._:/-]{1,20}$/) },
  { weight: 1, arbitrary: odd },
);
const number = fc.oneof({ weight: 9, arbitrary: fc.double({ noNaN: true }) }, { weight: 1, arbitrary: odd });
const values = fc.oneof(
  { weight: 5, arbitrary: fc.array(number, { maxLength: 5 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 999, 1000, 1001).map((length) => Array(length).fill(1)) },
  { weight: 1, arbitrary: odd },
);
const label = fc.oneof(fc.string({ unit: "binary", maxLength: 8 }), odd);
const labels = fc.oneof(
  fc.dictionary(fc.oneof(fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,9}$/), fc.string()), label, { maxKeys: 18 }),
  odd,
);
const body = fc.record({ source: name, kind: name, values, labels, extra: odd }, { requiredKeys: [] });
const validBody = fc.record(
  {
    source: fc.stringMatching(/^[A-Za-z0-9._:/-]{1,128}$/),
    kind: fc.stringMatching(/^[A-Za-z0-9._:/-]{1,64}$/),
    values: fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-100, max: 1e100, noNaN: true })), { minLength: 1 }),
    labels: fc.dictionary(
      fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }).filter((value) => !/\p{Cc}/u.test(value)),
      { maxKeys: 16 },
    ),
  },
  { requiredKeys: ["source", "kind", "values"] },
);

it("has the handler accept what it promises to take", () => {
  fc.assert(fc.property(validBody, (candidate) => handlerAccepts(NewRecord, candidate)));
});

it.each([
  ["NewRecord", NewRecord],
  ["RecordChange", RecordChange],
] as const)("has the gateway accept every %s that the handler accepts", (model, schema) => {
  const candidates = fc.oneof(
    body,
    validBody,
    validBody.map(({ values, labels }) => ({ values, labels })),
  );

  fc.assert(
    fc.property(candidates, (candidate) => {
      const sent = JSON.parse(JSON.stringify(candidate));
      return !handlerAccepts(schema, sent) || gatewayAccepts(model, sent);
    }),
    { numRuns: 1000 },
  );
});

// API Gateway does not check the number of an array's items: that is left to the handler.
it("has the gateway refuse what it can see is wrong, before a function is called", () => {
  const good = { source: "s", kind: "k", values: [1] };

  expect(gatewayAccepts("NewRecord", good)).toBe(true);
  for (const wrong of [
    {},
    { ...good, source: 1 },
    { ...good, values: ["NaN"] },
    { ...good, values: [1e101] },
    { ...good, extra: 1 },
    { ...good, labels: { a: 1 } },
    { ...good, labels: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`l${index}`, "x"])) },
  ]) {
    expect(gatewayAccepts("NewRecord", wrong)).toBe(false);
  }
});

import fc from "fast-check";
import { Batch, dataProcessorApi } from "../../contracts/data-processor";
import { validatorsOf } from "../support/validators";

const { gatewayAccepts, handlerAccepts } = validatorsOf(dataProcessorApi);

it("takes any JSON as an item, in the gateway and in the handler", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { maxLength: 50 }), (data) => {
      const batch = JSON.parse(JSON.stringify({ data }));
      return gatewayAccepts("Batch", batch) && handlerAccepts(Batch, batch);
    }),
  );
});

it("has the gateway accept every batch that the handler accepts", () => {
  const batch = fc.record({ data: fc.jsonValue(), more: fc.jsonValue() }, { requiredKeys: [] });

  fc.assert(
    fc.property(fc.oneof(batch, fc.jsonValue()), (candidate) => {
      const sent = JSON.parse(JSON.stringify(candidate));
      return !handlerAccepts(Batch, sent) || gatewayAccepts("Batch", sent);
    }),
  );
});

it("has the gateway refuse what it can see is wrong, before a function is called", () => {
  for (const wrong of [{}, { data: {} }, { data: null }, { data: [1], more: 1 }, []]) {
    expect(gatewayAccepts("Batch", wrong)).toBe(false);
  }
});

it.each([
  [1, true],
  [10_000, true],
  [0, true],
  [10_001, false],
])("takes %i items: %s", (length, accepted) => {
  expect(handlerAccepts(Batch, { data: Array(length).fill(null) })).toBe(accepted);
});

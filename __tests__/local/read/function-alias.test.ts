import { type FunctionAlias, versionOf } from "../../../local/read/function-alias";

const alias = (weights: FunctionAlias["weights"]): FunctionAlias => ({
  ...{ name: "live", arn: "arn", description: "", version: "1", weights },
});

test.each([
  [{}, 0, "1"],
  [{}, 0.99, "1"],
  [{ 2: 0.25 }, 0, "2"],
  [{ 2: 0.25 }, 0.2499, "2"],
  [{ 2: 0.25 }, 0.25, "1"],
  [{ 2: 0 }, 0, "1"],
  [{ 2: 1 }, 0.9999, "2"],
])("of an alias with the weights %j a call that draws %d runs version %s", (weights, drawn, version) => {
  expect(versionOf(alias(weights), drawn)).toBe(version);
});

test("calls are divided by the weight", () => {
  const drawn = Array.from({ length: 1000 }, (_, index) => versionOf(alias({ 2: 0.3 }), index / 1000));
  expect(drawn.filter((version) => version === "2")).toHaveLength(300);
});

import { type LocalSystem, startLocally } from "../../local/support/local-system";

interface Keyed {
  readonly resource: {
    readonly aws_api_gateway_api_key: Record<string, { name: string }>;
    readonly aws_api_gateway_usage_plan_key: Record<string, { key_id: string }>;
  };
}

let items: LocalSystem;

beforeAll(async () => {
  items = await startLocally("items", (template) => {
    const { aws_api_gateway_api_key: keys, aws_api_gateway_usage_plan_key: inPlan } = (template as unknown as Keyed)
      .resource;
    const [[, key], [, member]] = [Object.entries(keys)[0]!, Object.entries(inPlan)[0]!];
    keys["mobile"] = { ...key, name: "items-dev-usage-plan-mobile" };
    inPlan["mobile-in-plan"] = { ...member, key_id: "${aws_api_gateway_api_key.mobile.id}" };
  });
});

afterAll(() => items.stop());

it("lets each client in by its own key, and says which keys there are", async () => {
  const keys = [items.apiKey, ...items.otherKeys.map(({ value }) => value)];

  expect(items.otherKeys).toEqual([{ name: "items-dev-usage-plan-mobile", value: expect.stringMatching(/^\w{40}$/) }]);
  expect(new Set(keys).size).toBe(2);
  for (const key of keys) {
    expect((await items.ask("GET", "/api/items", { headers: { "x-api-key": key } })).status).toBe(200);
  }
  expect((await items.ask("GET", "/api/items", { headers: { "x-api-key": "mobile" } })).status).toBe(403);
});

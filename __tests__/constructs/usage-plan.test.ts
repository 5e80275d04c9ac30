import { Testing } from "cdktf";
import { ApiStage } from "../../constructs/api/api-stage";
import { RestApi } from "../../constructs/api/rest-api";
import { UsagePlan } from "../../constructs/api/usage-plan";
import { NodeFunction } from "../../constructs/compute/node-function";
import type { Api } from "../../contracts/api";
import { ErrorSchema } from "../../contracts/errors";
import { compare } from "../../tools/changes/compare";
import { thingEntry } from "../fixtures/thing-entry";
import { emptyStack } from "../support/stack";

const contract: Api = {
  name: "things",
  version: "1",
  description: "",
  models: { Error: ErrorSchema },
  routes: { getThing: { method: "GET", path: "/thing", summary: "", access: "apiKey", status: 204 } },
};

const aKey = { rateLimit: 1, burstLimit: 1, quotaPerDay: 1 };

/** A stack whose API has a stage and a plan for each of these names. */
function synthesizedWith(plans: readonly string[], clients?: readonly string[]) {
  const stack = emptyStack();
  const getThing = new NodeFunction(stack, "get-thing", {
    entry: thingEntry,
    environment: { THINGS_TABLE: "things" },
  });
  const api = new RestApi(stack, "api", { contract, handlers: { getThing } });
  for (const name of plans) {
    const stage = new ApiStage(stack, `${name}-stage`, { api, name, throttle: { rateLimit: 1, burstLimit: 1 } });
    const plan = new UsagePlan(stack, name, { stage, ...aKey, ...(clients ? { clients } : {}) });
    stack.output(`${name}_key_id`, plan.apiKeyId, "The first key");
  }
  return JSON.parse(Testing.synth(stack, true));
}
const things = (clients?: readonly string[]) => synthesizedWith(["plan"], clients);

const namesOf = ({ resource }: ReturnType<typeof things>): string[] =>
  Object.values<{ name: string }>(resource.aws_api_gateway_api_key).map(({ name }) => name);

/** `severity: text` of what becomes of API keys, and of functions. */
const changed = (before: readonly string[] | undefined, after: readonly string[]): string[] =>
  compare(new Map([["test-dev", things(before)]]), new Map([["test-dev", things(after)]]))
    .map(({ severity, text }) => `${severity}: ${text}`)
    .filter((line) => /API key|function/i.test(line));

it("has one key, called key, where nobody is named", () => {
  const { resource, output } = things();

  expect(Object.keys(resource.aws_api_gateway_api_key)).toEqual([expect.stringMatching(/^plan_key_\w+$/)]);
  expect(Object.keys(resource.aws_api_gateway_usage_plan_key)).toEqual([expect.stringMatching(/^plan_key-in-plan_/)]);
  expect(namesOf({ resource })).toEqual(["test-dev-plan-key"]);
  expect(output).not.toHaveProperty("plan_keys");
});

it("gives each client a key in the plan, and says in an output whose id is whose", () => {
  const { resource, output } = things(["key", "mobile", "partner-2"]);
  const idOf = (client: string) =>
    expect.stringMatching(`^\\$\\{aws_api_gateway_api_key\\.plan_${client}_\\w+\\.id\\}$`);

  expect(namesOf({ resource })).toEqual(["key", "mobile", "partner-2"].map((client) => `test-dev-plan-${client}`));
  expect(Object.values(resource.aws_api_gateway_usage_plan_key)).toHaveLength(3);
  expect(output.plan_keys.value).toEqual({
    key: idOf("key"),
    mobile: idOf("mobile"),
    "partner-2": idOf("partner-2"),
  });
  expect(output.plan_key_id.value).toEqual(idOf("key"));
});

it("leaves every other key and every function as they are when a client comes", () => {
  expect(changed(undefined, ["key", "mobile"])).toEqual([
    expect.stringMatching(/^info: API key plan_mobile_\w+ is made$/),
  ]);
});

it("calls it a risk when a client goes, the first one too", () => {
  const gone = (client: string) =>
    expect.stringMatching(`^risk: API key plan_${client}_\\w+ is destroyed: clients need the new key$`);

  expect(changed(["key", "mobile"], ["key"])).toEqual([gone("mobile")]);
  expect(changed(undefined, ["mobile"])).toContainEqual(gone("key"));
});

it("has an output for each plan of a stack", () => {
  const { output } = synthesizedWith(["dev", "qa", "prod"], ["key", "mobile"]);

  for (const plan of ["dev", "qa", "prod"])
    expect(Object.keys(output[`${plan}_keys`].value)).toEqual(["key", "mobile"]);
});

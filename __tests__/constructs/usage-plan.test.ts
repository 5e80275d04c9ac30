import { Testing } from "cdktf";
import "../support/stack";
import { dev } from "../../environments/dev";
import type { Environment } from "../../environments/environment";
import { RecordsStack } from "../../stacks/records-stack";
import { UserManagementStack } from "../../stacks/user-management-stack";
import { compare } from "../../tools/changes/compare";

const { api } = dev.records;

const withClients = (clients?: readonly string[]): Environment => {
  const usagePlan = { ...api.usagePlan, ...(clients ? { clients } : {}) };
  return {
    ...dev,
    records: { ...dev.records, api: { ...api, usagePlan } },
    userManagement: { ...dev.userManagement, api: { ...dev.userManagement.api, usagePlan } },
  };
};

const textOf = (clients?: readonly string[]): string =>
  Testing.synth(new RecordsStack(Testing.app(), withClients(clients)), true);
const records = (clients?: readonly string[]) => JSON.parse(textOf(clients));

const namesOf = ({ resource }: ReturnType<typeof records>): string[] =>
  Object.values<{ name: string }>(resource.aws_api_gateway_api_key).map(({ name }) => name);

/** `severity: text` of what becomes of API keys, and of functions. */
const changed = (before: readonly string[] | undefined, after: readonly string[]): string[] =>
  compare(new Map([["records-dev", records(before)]]), new Map([["records-dev", records(after)]]))
    .map(({ severity, text }) => `${severity}: ${text}`)
    .filter((line) => /API key|function/i.test(line));

it("has one key, called key, where nobody is named", () => {
  const { resource, output } = records();

  expect(Object.keys(resource.aws_api_gateway_api_key)).toEqual(["usage-plan_key_D636E903"]);
  expect(Object.keys(resource.aws_api_gateway_usage_plan_key)).toEqual([
    expect.stringMatching(/^usage-plan_key-in-plan_/),
  ]);
  expect(namesOf({ resource })).toEqual(["records-dev-usage-plan-key"]);
  expect(output).not.toHaveProperty("usage_plan_keys");
});

it("gives each client a key in the plan, and says in an output whose id is whose", () => {
  const { resource, output } = records(["key", "mobile", "partner-2"]);
  const idOf = (client: string) =>
    expect.stringMatching(`^\\$\\{aws_api_gateway_api_key\\.usage-plan_${client}_\\w+\\.id\\}$`);

  expect(namesOf({ resource })).toEqual(
    ["key", "mobile", "partner-2"].map((client) => `records-dev-usage-plan-${client}`),
  );
  expect(Object.values(resource.aws_api_gateway_usage_plan_key)).toHaveLength(3);
  expect(output.usage_plan_keys.value).toEqual({
    key: idOf("key"),
    mobile: idOf("mobile"),
    "partner-2": idOf("partner-2"),
  });
  expect(output.api_key_id.value).toEqual(idOf("key"));
});

it("leaves every other key and every function as they are when a client comes", () => {
  expect(changed(undefined, ["key", "mobile"])).toEqual([
    expect.stringMatching(/^info: API key usage-plan_mobile_\w+ is made$/),
  ]);
});

it("calls it a risk when a client goes, the first one too", () => {
  const gone = (client: string) =>
    expect.stringMatching(`^risk: API key usage-plan_${client}_\\w+ is destroyed: clients need the new key$`);

  expect(changed(["key", "mobile"], ["key"])).toEqual([gone("mobile")]);
  expect(changed(undefined, ["mobile"])).toContainEqual(gone("key"));
});

it("has an output for each plan of a stack", () => {
  const { output } = JSON.parse(
    Testing.synth(new UserManagementStack(Testing.app(), withClients(["key", "mobile"])), true),
  );

  for (const plan of ["dev", "qa", "prod"])
    expect(Object.keys(output[`${plan}_plan_keys`].value)).toEqual(["key", "mobile"]);
});

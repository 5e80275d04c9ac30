// Stands on: records
import { join } from "node:path";
import { readStacks } from "../../../stack-json/document";
import { planKey } from "../../../tools/delivery/encrypted-plan";
import { type Operator, releasedState, startOperator } from "../../support/pages/operator";
import { type Elsewhere, type Step, walk } from "../../support/pages/walk";
import { synthesized } from "../../support/synthesized";

jest.setTimeout(300_000);

/** What CI's scripts look for among the secrets of an environment. */
const secrets = [...readStacks(synthesized("prod")).values()].flatMap(({ variable = {} }) =>
  Object.entries(variable).flatMap(([name, { sensitive }]) => (sensitive === true ? [name.toUpperCase()] : [])),
);

/**
 * GitHub's command line, as far as its manual says of these commands: what they are given has to be what a workflow of this
 * repository asks for. It writes down what it was given.
 */
const gh = `
const { appendFileSync, readFileSync } = require("node:fs");
const [group, verb, name, ...rest] = process.argv.slice(2);
const option = (flag) => (rest.includes(flag) ? rest[rest.indexOf(flag) + 1] : undefined);
const workflow = (file) => readFileSync(${JSON.stringify(join(process.cwd(), ".github/workflows/"))} + file + ".yml", "utf8");
const deploys = () => workflow("deploy-environment");
const fail = (words) => { console.error(words); process.exit(1); };
const calls = {
  "workflow run": () => {
    const [input, value] = option("-f").split("=");
    if (!new RegExp("^      " + input + ":$", "m").test(workflow(name))) fail("Unexpected inputs provided");
    return name + " " + input + "=" + value;
  },
  "secret set": () => {
    const [, environment, planning] = /^(dev|qa|prod)(-plan)?$/.exec(option("--env")) ?? fail("no such environment");
    const [, plan, apply] = deploys().split(/^  (?:plan|apply):$/m);
    const isOfSystem = ${JSON.stringify(secrets)}.includes(name) && (planning ? plan : apply).includes("toJSON(secrets)");
    if (!isOfSystem && !(planning ? plan : apply).includes("secrets." + name + " ")) fail("no job asks for " + name + " there");
    return name + " of " + option("--env") + ": " + readFileSync(0, "utf8").trim().length + " characters";
  },
  "variable set": () => {
    if (!deploys().includes("format('SECRET_VERSIONS_{0}'") || !/^SECRET_VERSIONS_(DEV|QA|PROD)$/.test(name)) fail("unused");
    return name + "=" + JSON.stringify(JSON.parse(option("--body") ?? readFileSync(0, "utf8")));
  },
};
console.log("github has " + calls[group + " " + verb]());
`;
/** Password managers, each with one secret. */
const managers = {
  op: 'if (process.argv.slice(2).join(" ") !== "read op://terrace/records-prod/cursor_secret") process.exit(1); console.log("from-1password-of-thirty-two-letters");',
  pass: 'if (process.argv.slice(2).join(" ") !== "show terrace/records-prod/cursor_secret") process.exit(1); console.log("from-pass-of-thirty-two-letters-too");',
};

let operator: Operator;
beforeAll(async () => {
  operator = await startOperator({ gh, ...managers });
  const operations = ["create-record", "delete-record", "get-record", "list-records", "replace-record"];
  for (const name of operations) operator.account.functions.set(`records-prod-${name}`, { live: "0" });
  // Terraform makes it, with nothing that serves.
  operator.account.parameters.set("/records/prod/serving", [{ value: "{}", since: new Date() }]);
  await operator.keep("records-prod", releasedState("records-prod"));
  operator.account.apiKeys.push(
    { id: "key1", name: "records-prod-usage-plan-key", value: "the-first-clients-key", enabled: true },
    { id: "key2", name: "records-prod-usage-plan-mobile", value: "mobiles-key", enabled: true },
  );
});
afterAll(() => operator.stop());

const variable = async (name: string): Promise<string> =>
  (await operator.shell.run(`printenv ${name} || true`)).printed.trim();
/** Every version of the state that anybody has written. */
const states = (): string =>
  [...operator.account.objects.values()]
    .flat()
    .map(({ body }) => String(body))
    .join();
const live = () => [...operator.account.functions.values()].map((fn) => fn.live);
/** The version of a secret that state has. */
const versionIn = (stack: string, secret: string): unknown => {
  const resources = operator.kept(stack)?.["resources"] as {
    type: string;
    instances: { attributes: Record<string, unknown> }[];
  }[];
  const parameters = resources.filter(({ type }) => type === "aws_ssm_parameter").flatMap(({ instances }) => instances);
  return parameters.find(({ attributes }) => String(attributes["name"]).endsWith(secret))?.attributes[
    "value_wo_version"
  ];
};

/** A deployment of prod from a laptop: what is new has to serve in the end. */
const deployed = (command: string, step: Partial<Step> & Pick<Step, "fault">): Step => ({
  ...{ command, typed: "yes\n", needs: "terraform", shows: /the newest versions serve/ },
  ...step,
});

walk(
  "docs/secrets.md",
  () => operator.shell,
  [
    {
      command: "read -rs TF_VAR_records_cursor_secret && export TF_VAR_records_cursor_secret",
      fault: "a secret that nobody else may see",
      typed: "a-secret-that-was-typed\n",
      shows: /^$/,
      leaves: async () => expect(await variable("TF_VAR_records_cursor_secret")).toBe("a-secret-that-was-typed"),
    },
    {
      command: "unset TF_VAR_records_cursor_secret",
      fault: "it must not stay",
      leaves: async () => expect(await variable("TF_VAR_records_cursor_secret")).toBe(""),
    },
    {
      command: 'export TF_VAR_records_cursor_secret="$(openssl rand -base64 48)"',
      fault: "nobody needs to know it",
      leaves: async () => expect(await variable("TF_VAR_records_cursor_secret")).toMatch(/^[\w+/]{64}$/),
    },
    { command: "openssl rand -base64 48", fault: "a good value is wanted", shows: /^[\w+/]{64}$/m },
    { command: "openssl rand -hex 32", fault: "a value of letters and digits is wanted", shows: /^[0-9a-f]{64}$/m },
    deployed(
      'TF_VAR_records_cursor_secret="$(op read op://terrace/records-prod/cursor_secret)" npm run deploy -- records-prod',
      {
        fault: "a deployment asks for the secret, which is in 1Password",
        leaves: () => expect(states()).not.toContain("from-1password"),
      },
    ),
    deployed(
      'TF_VAR_records_cursor_secret="$(pass show terrace/records-prod/cursor_secret)" npm run deploy -- records-prod',
      {
        fault: "the next has it from pass: the value of a secret that is there is passed over",
        shows: /No changes.*the newest versions serve/s,
      },
    ),
    {
      command:
        "read -rs TF_VAR_records_cursor_secret && export TF_VAR_records_cursor_secret TF_VAR_secret_versions='{\"records_cursor_secret\": 2}'",
      fault: "a secret is to be replaced",
      typed: "another-secret-that-was-typed\n",
      leaves: async () => {
        expect(await variable("TF_VAR_secret_versions")).toBe('{"records_cursor_secret": 2}');
        await operator.shell.run("unset TF_VAR_records_cursor_secret TF_VAR_secret_versions");
      },
    },
    {
      command: "gh secret set RECORDS_CURSOR_SECRET --env prod",
      fault: "CI does not know the secret",
      typed: "typed-at-the-prompt\n",
      shows: /RECORDS_CURSOR_SECRET of prod: 19 characters/,
    },
    {
      command: "openssl rand -base64 48 | gh secret set RECORDS_CURSOR_SECRET --env prod",
      fault: "CI does not know it, and nobody need",
      shows: /RECORDS_CURSOR_SECRET of prod: 64 characters/,
    },
    {
      command: `gh variable set SECRET_VERSIONS_PROD --body '{"records_cursor_secret": 2, "user_management_origin_secret": 3}'`,
      fault: "CI would go back to version 1",
      shows: /SECRET_VERSIONS_PROD={"records_cursor_secret":2,"user_management_origin_secret":3}/,
    },
    {
      command: "export TF_VAR_user_management_origin_secret=only-for-a-plan",
      fault: "a plan asks for a secret",
      leaves: async () => {
        expect(await variable("TF_VAR_user_management_origin_secret")).toBe("only-for-a-plan");
        await operator.shell.run("unset TF_VAR_user_management_origin_secret");
      },
    },
  ],
  [
    {
      command: "npx cdktf deploy records-dev",
      by: ".ci/terraform-first-deployment",
      words: "cdktf deploy records-dev",
    },
  ],
);

walk("docs/clients.md", () => operator.shell, [
  {
    command: "aws apigateway get-api-keys --region us-east-1 --query 'items[].[id,name]' --output text",
    fault: "an entry of the activity log names a key by its id",
    needs: "aws",
    shows: /key2\s+records-prod-usage-plan-mobile/,
  },
  {
    command: "aws apigateway get-api-key --region us-east-1 --include-value --api-key <id> --query value --output text",
    fault: "a client has no key yet",
    filled: { "<id>": "key2" },
    needs: "aws",
    shows: /^mobiles-key$/m,
  },
  deployed("npm run deploy -- records-prod", {
    fault: "a client is to be added",
    before: async () => {
      operator.project.edit("environments/prod.ts", (text) =>
        text.replace("quotaPerDay: 1_000_000 }", 'quotaPerDay: 1_000_000, clients: ["key", "mobile"] }'),
      );
      await operator.shell.run("export TF_VAR_records_cursor_secret=only-for-a-trial");
    },
    // Its key and its place in the plan; no other key changes, and no function.
    shows: /Plan: 2 to add, 0 to change, 0 to destroy.*the newest versions serve/s,
  }),
  {
    command: "npm run terraform -- records-prod output usage_plan_keys",
    fault: "the client's key has an id that nobody knows",
    needs: "terraform",
    shows: /"key" = ".+".*"mobile" = ".+"/s,
  },
]);

walk("docs/runbooks/rotate-keys-and-secrets.md", () => operator.shell, [
  {
    command: `export TF_VAR_records_cursor_secret="$(openssl rand -base64 48)" TF_VAR_secret_versions='{"records_cursor_secret": 2}'`,
    fault: "somebody knows the secret",
  },
  deployed("npm run deploy -- records-prod --yes --at-once --during-alarm", {
    fault: "somebody knows the secret, and an alarm fires",
    typed: "",
    leaves: () => {
      expect(versionIn("records-prod", "cursor-secret")).toBe(2);
      expect(new Set(live()).has("0")).toBe(false);
    },
  }),
  {
    command:
      "aws apigateway get-api-key --region <region> --include-value --api-key <api_key_id> --query value --output text",
    fault: "a client needs its new key",
    filled: { "<region>": "us-east-1", "<api_key_id>": "key2" },
    needs: "aws",
    shows: /^mobiles-key$/m,
  },
  {
    command:
      "aws apigateway update-api-key --region <region> --api-key <api_key_id> --patch-operations op=replace,path=/enabled,value=false",
    fault: "somebody else has a client's key",
    filled: { "<region>": "us-east-1", "<api_key_id>": "key1" },
    needs: "aws",
    shows: /"enabled": false/,
    leaves: () => expect(operator.account.apiKeys.map(({ enabled }) => enabled)).toEqual([false, true]),
  },
  {
    command: "gh variable set SECRET_VERSIONS_PROD",
    fault: "CI would go back to version 1",
    typed: '{"records_cursor_secret": 2}\n',
    shows: /SECRET_VERSIONS_PROD={"records_cursor_secret":2}/,
  },
]);

const inCi = (command: string, words: string): Elsewhere => ({ command, by: ".ci/terraform-delivery", words });
walk(
  "docs/ci.md",
  () => operator.shell,
  [
    {
      command: 'export PLAN_KEY="$(openssl rand -base64 32)"',
      fault: "a plan that waits for its approval would lie there in clear",
      leaves: async () => expect(planKey(await variable("PLAN_KEY"))).toHaveLength(32),
    },
    {
      command: 'printf %s "$PLAN_KEY" | gh secret set PLAN_KEY --env prod-plan',
      fault: "a deployment can't keep its plan",
      shows: /PLAN_KEY of prod-plan: 44 characters/,
    },
    {
      command: 'printf %s "$PLAN_KEY" | gh secret set PLAN_KEY --env prod',
      fault: "a deployment can't read its plan",
      shows: /PLAN_KEY of prod: 44 characters/,
    },
    {
      command: "unset PLAN_KEY",
      fault: "the key would stay in the shell",
      leaves: async () => expect(await variable("PLAN_KEY")).toBe(""),
    },
    {
      command: "gh workflow run deploy -f release-options=--during-alarm",
      fault: "an alarm would stop the remedy",
      shows: /deploy release-options=--during-alarm/,
    },
    deployed("npm run deploy -- records-prod --during-alarm", { fault: "an alarm would stop the remedy" }),
  ],
  [
    inCi(".ci/plan dev", ".ci/plan dev records-dev"),
    inCi(".ci/plan-deployment dev plans records-dev", '.ci/plan-deployment dev "$kept" records-dev'),
    inCi(".ci/drift prod", ".ci/drift dev records-dev"),
  ],
);

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Each call is a process that calls others, which takes its time where others work.
jest.setTimeout(60_000);

const root = join(__dirname, "../..");

type Versions = Record<string, string>;

/** CodeDeploy, Lambda and Parameter Store, as far as the AWS CLI shows them. */
interface Account {
  /** Function → the version that serves. */
  live: Versions;
  /** The values of the parameter that records it, and since when each is there. */
  served: { Value: string; LastModifiedDate: string }[];
  /** Function → how its deployment ends. */
  outcome?: Record<string, string>;
  /** Result of stopping a deployment. @default it stops */
  stopping?: "refused" | "too late";
  stopped?: string[];
  calls?: string[];
}

/** An AWS CLI of an account that is a file. */
const awsCli = `#!/usr/bin/env node
const { readFileSync, writeFileSync } = require("node:fs");
const account = JSON.parse(readFileSync(process.env.ACCOUNT, "utf8"));
const [service, call, ...rest] = process.argv.slice(2);
const option = (name) => rest[rest.indexOf("--" + name) + 1];
const fn = option("function-name");
(account.calls ??= []).push([service, call, ...rest].join(" "));
const id = option("deployment-id");
const fails = () => { process.exitCode = 255; return {}; };
const answers = {
  "get-alias": () => ({ FunctionVersion: account.live[fn] }),
  "update-alias": () => {
    if (account.gone?.includes(option("function-version"))) return fails();
    account.live[fn] = option("function-version");
    return {};
  },
  "get-parameter-history": () => ({ Parameters: account.served }),
  "put-parameter": () => {
    account.served.push({ Value: option("value"), LastModifiedDate: new Date().toISOString() });
    return { Version: account.served.length };
  },
  "list-deployments": () => ({ deployments: ["d-open"] }),
  "create-deployment": () => {
    const { appSpecContent } = JSON.parse(option("revision"));
    const [[name, { Properties }]] = Object.entries(JSON.parse(appSpecContent.content).Resources[0]);
    if (Properties.CurrentVersion !== account.live[name]) throw new Error("stale");
    if (account.outcome?.[name] !== "Failed") account.live[name] = Properties.TargetVersion;
    return { deploymentId: "d-" + name };
  },
  "get-deployment": () => {
    const goes = id === "d-open" ? "InProgress" : (account.outcome?.[id.slice(2)] ?? "Succeeded");
    const status = account.stopped?.includes(id) ? "Stopped" : goes;
    return { deploymentInfo: { status, errorInformation: { message: "an alarm fired" } } };
  },
  "stop-deployment": () => {
    if (account.stopping !== "refused") (account.stopped ??= []).push(id);
    return account.stopping === undefined ? {} : fails();
  },
};
const answer = answers[call]();
writeFileSync(process.env.ACCOUNT, JSON.stringify(account));
if (!process.exitCode) console.log(JSON.stringify(answer));
`;

/** Terraform, as far as it finds a state by its backend and reads outputs: in a folder that has nothing but the backend. */
const terraformCli = `#!/usr/bin/env node
const { readFileSync, existsSync, writeFileSync } = require("node:fs");
const [folder, command] = [process.argv[2].slice("-chdir=".length), process.argv[3]];
const { terraform, ...others } = JSON.parse(readFileSync(folder + "/main.tf.json", "utf8"));
if (Object.keys(others).length > 0 || terraform.backend.s3.key !== "things-prod/terraform.tfstate") throw new Error("not the backend alone");
if (command === "init") writeFileSync(folder + "/initialized", "");
else if (!existsSync(folder + "/initialized")) { console.error("Backend initialization required"); process.exitCode = 1; }
else console.log(process.env.DEPLOYED === "no" ? "{}" : JSON.stringify({ versions: { value: { "get-thing": "7", "put-thing": "3" } } }));
`;

const resourceOf = (inSteps: boolean) =>
  inSteps ? { aws_codedeploy_app: { rollout: { name: "things-prod-rollout" } } } : {};

interface Settings {
  readonly inSteps?: boolean;
  readonly deployed?: boolean;
}

/** Runs a command against an account, and returns its output and the account's new state. */
function rollout(account: Account, args: readonly string[], { inSteps = true, deployed = true }: Settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), "rollout-"));
  for (const [name, text] of [["aws", awsCli] as const, ["terraform", terraformCli] as const]) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  const stack = join(folder, "cdktf.out/stacks/things-prod");
  mkdirSync(stack, { recursive: true });
  const terraform = { backend: { s3: { key: "things-prod/terraform.tfstate" } } };
  const provider = { aws: [{ region: "eu-west-1" }] };
  writeFileSync(join(stack, "cdk.tf.json"), JSON.stringify({ provider, terraform, resource: resourceOf(inSteps) }));
  const file = join(folder, "account.json");
  writeFileSync(file, JSON.stringify(account));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "run.js"), join(root, "tools/rollout.ts"), ...args],
    {
      cwd: folder,
      encoding: "utf8",
      env: {
        ...process.env,
        PATH: `${folder}:${process.env["PATH"]}`,
        ACCOUNT: file,
        POLL_MS: "1",
        DEPLOYED: deployed ? "yes" : "no",
      },
    },
  );
  return { status, stdout, stderr, account: JSON.parse(readFileSync(file, "utf8")) as Account };
}

const record = (LastModifiedDate: string, versions: Versions) => ({
  Value: JSON.stringify(versions),
  LastModifiedDate,
});
const latest = ({ served }: Account): Versions => JSON.parse(served.at(-1)?.Value ?? "{}");

const served = [
  record("2026-01-01T10:00:00+00:00", { "get-thing": "5", "put-thing": "3" }),
  record("2026-02-01T10:00:00+00:00", { "get-thing": "6", "put-thing": "3" }),
];

describe("a release", () => {
  it("brings what does not serve yet, in the stack's region, and writes down what serves then", () => {
    const { status, stdout, account } = rollout({ live: { "get-thing": "6", "put-thing": "3" }, served }, [
      "release",
      "things-prod",
    ]);

    expect([status, stdout]).toEqual([0, "get-thing: 6 → 7\nthings-prod: the newest versions serve\n"]);
    expect(account.live).toEqual({ "get-thing": "7", "put-thing": "3" });
    expect(latest(account)).toEqual(account.live);
    expect(account.calls?.filter((call) => call.startsWith("deploy create"))).toHaveLength(1);
    for (const call of account.calls ?? []) expect(call).toContain("--region eu-west-1");
  });

  it("that has nothing to bring writes nothing down", () => {
    const all = [...served, record("2026-03-01T10:00:00+00:00", { "get-thing": "7", "put-thing": "3" })];
    const { account } = rollout({ live: { "get-thing": "7", "put-thing": "3" }, served: all }, [
      "release",
      "things-prod",
    ]);

    expect(account.served).toEqual(all);
  });

  it("that an alarm stops takes back the functions that had succeeded, and is not written down", () => {
    const { status, stderr, account } = rollout(
      { live: { "get-thing": "6", "put-thing": "2" }, served, outcome: { "put-thing": "Failed" } },
      ["release", "things-prod"],
    );

    expect(status).toBe(1);
    expect(stderr).toContain(
      "put-thing: deployment d-put-thing Failed: an alarm fired\nthings-prod: the release is taken back\n",
    );
    expect(account.live).toEqual({ "get-thing": "6", "put-thing": "2" });
    expect(account.served).toEqual(served);
  });

  const half = { live: { "get-thing": "6", "put-thing": "2" }, served };
  const oneFails = { "get-thing": "Failed", "put-thing": "InProgress" };

  it("that is taken back stops what is under way, and asks nothing of what is over", () => {
    const { stderr, account } = rollout({ ...half, outcome: oneFails }, ["release", "things-prod"]);

    expect(stderr).toMatch(/things-prod: the release is taken back\n$/);
    expect(account.calls?.filter((call) => call.startsWith("deploy stop"))).toEqual([
      expect.stringContaining("--deployment-id d-put-thing"),
    ]);
    expect(account.live).toEqual(half.live);
  });

  it("that is taken back leaves alone what ended just when it was to be stopped", () => {
    const { stderr, account } = rollout({ ...half, outcome: oneFails, stopping: "too late" }, [
      "release",
      "things-prod",
    ]);

    expect(stderr).toContain("things-prod: the release is taken back\n");
    expect(account.live).toEqual(half.live);
  });

  it("says which deployments could not be stopped, and moves no traffic against them", () => {
    const { status, stderr, account } = rollout({ ...half, outcome: oneFails, stopping: "refused" }, [
      "release",
      "things-prod",
    ]);

    expect(status).toBe(1);
    expect(stderr).toContain("things-prod: the release is taken back, but for what could not be stopped\n");
    expect(stderr).toContain(
      "put-thing: deployment d-put-thing could not be stopped and may go on: aws deploy stop-deployment",
    );
    expect(account.calls?.filter((call) => call.startsWith("lambda update-alias"))).toEqual([
      expect.stringContaining("--function-name get-thing"),
    ]);
    expect(account.served).toEqual(served);
  });

  it.each([
    [[], false, false],
    [["--at-once"], true, false],
    [["--during-alarm"], false, true],
    [["--at-once", "--during-alarm"], true, true],
  ])("with %j goes over in one step: %s, and whatever alarms say: %s", (options, atOnce, duringAlarm) => {
    const { account } = rollout({ live: { "get-thing": "6", "put-thing": "3" }, served }, [
      "release",
      "things-prod",
      ...options,
    ]);
    const created = account.calls?.find((call) => call.startsWith("deploy create")) ?? "";

    expect(created.includes("--deployment-config-name CodeDeployDefault.LambdaAllAtOnce")).toBe(atOnce);
    expect(created.includes("--override-alarm-configuration enabled=false")).toBe(duringAlarm);
  });

  it("has nothing to do where versions take over at once", () => {
    const { status, stdout, account } = rollout({ live: {}, served }, ["release", "things-prod"], {
      inSteps: false,
    });

    expect([status, stdout]).toEqual([
      0,
      "things-prod: versions take over at once, with terraform apply; nothing to release\n",
    ]);
    expect(account.calls).toBeUndefined();
  });
});

describe("a rollback", () => {
  const live = { "get-thing": "7", "put-thing": "3" };

  it("goes back to the versions that served at a time, stops what is under way, and writes down what serves", () => {
    const { status, stdout, account } = rollout({ live, served }, ["rollback", "things-prod", "2026-02-15T00:00:00Z"]);

    expect([status, stdout]).toEqual([0, "get-thing: 7 → 6\n"]);
    expect(account.live).toEqual({ "get-thing": "6", "put-thing": "3" });
    expect(latest(account)).toEqual(account.live);
    expect(account.calls?.filter((call) => call.startsWith("deploy stop-deployment"))).toHaveLength(1);
  });

  it("leaves a function as it is whose deployment can't be stopped, and says so", () => {
    const { status, stderr, account } = rollout({ live, served, stopping: "refused" }, [
      "rollback",
      "things-prod",
      "2026-02-15T00:00:00Z",
    ]);

    expect(status).toBe(1);
    expect(stderr).toContain("get-thing: deployment d-open could not be stopped and may go on");
    expect(account.live).toEqual(live);
  });

  it("passes over a version that was published before that time and reversed by alarms", () => {
    // 6 was published in February and never recorded: its release was taken back.
    const without = served.slice(0, 1);
    const { stdout } = rollout({ live, served: without }, ["rollback", "things-prod", "2026-02-15T00:00:00Z"]);

    expect(stdout).toBe("get-thing: 7 → 5\n");
  });

  it("after a rollback knows what served between the two", () => {
    const back = [...served, record("2026-02-10T10:00:00+00:00", { "get-thing": "5", "put-thing": "3" })];
    const { account } = rollout({ live, served: back }, ["rollback", "things-prod", "2026-02-15T00:00:00Z"]);

    expect(account.live["get-thing"]).toBe("5");
  });

  it("only says what it would do when that is asked", () => {
    const { status, stdout, account } = rollout({ live, served }, [
      "rollback",
      "things-prod",
      "2026-02-15T00:00:00Z",
      "--dry-run",
    ]);

    expect([status, stdout]).toEqual([0, "get-thing: 7 → 6 (not done: --dry-run)\n"]);
    expect(account).toMatchObject({ live, served });
    expect(account.calls?.filter((call) => !/ get-/.test(call))).toEqual([]);
  });

  it("has nothing to do where what served then serves now", () => {
    const same = { "get-thing": "6", "put-thing": "3" };
    const { status, stdout, account } = rollout({ live: same, served }, ["rollback", "things-prod", "2026-02-15"]);

    expect([status, stdout]).toEqual([0, "things-prod: what served then serves now\n"]);
    expect(account.served).toEqual(served);
  });

  it("says which functions did not serve then, and takes back the others", () => {
    const { status, stderr, account } = rollout(
      { live, served: [record("2026-02-01T10:00:00Z", { "get-thing": "6" })] },
      ["rollback", "things-prod", "2026-02-15"],
      { inSteps: false },
    );

    expect(status).toBe(1);
    expect(stderr).toBe("things-prod: did not serve at 2026-02-15T00:00:00.000Z: put-thing\n");
    expect(account.live).toEqual({ "get-thing": "6", "put-thing": "3" });
  });

  it("lists what was released when, the newest first", () => {
    expect(rollout({ live, served }, ["rollback", "things-prod", "--list"]).stdout).toBe(
      "2026-02-01T10:00:00.000Z get-thing 5 → 6\n2026-01-01T10:00:00.000Z 2 functions, the first that is recorded\n",
    );
  });
});

const instant = "time: must be an instant of the past like 2026-01-31T12:00:00Z, got";
const name = "stack: must be <system>-<environment> like records-prod, got";

it.each([
  [["rollback", "things-prod"], `${instant} none; add it\n`],
  [["rollback", "things-prod", "soon"], `${instant} soon; add it\n`],
  [["rollback", "things-prod", "2999-01-01"], `${instant} 2999-01-01; add it\n`],
  [
    ["rollback", "things-prod", "2025-02-15"],
    "things-prod: nothing is recorded from before 2025-02-15T00:00:00.000Z; the oldest is of 2026-01-01T10:00:00.000Z\n",
  ],
  [["rollback", "things", "2026-02-15"], `${name} things; name one\n`],
  [["rollback", "../things-prod", "2026-02-15"], `${name} ../things-prod; name one\n`],
  [["release"], `${name} none; name one\n`],
  [["release", "things-prod", "--now"], "Unknown option '--now'; --help lists the options\n"],
])("refuses %j in one line", (args, message) => {
  expect(rollout({ live: {}, served }, args)).toMatchObject({ status: 1, stdout: "", stderr: message });
});

it("says of a stack that is not deployed that it has to be", () => {
  const settings = { deployed: false };

  expect(rollout({ live: {}, served }, ["release", "things-prod"], settings)).toMatchObject({
    status: 1,
    stderr: "things-prod: must be deployed, got no versions in its state; deploy it first\n",
  });
});

it("says how it is called", () => {
  expect(rollout({ live: {}, served }, ["rollback", "--help"])).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/--at-once[\s\S]*--during-alarm[\s\S]*--dry-run[\s\S]*--list/),
  });
});

it.each([
  [["release", "thing-prod"], /^thing-prod: can't be synthesized: there is no system thing; there is account, /],
  [
    ["release", "records-stage"],
    /^records-stage: can't be synthesized: ENVIRONMENT: must be one of dev, qa, prod, got/,
  ],
])("says of %j, which nothing synthesizes to, what there is", (args, message) => {
  const command = [join(root, "run.js"), join(root, "tools/rollout.ts"), ...args];
  const { status, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: "utf8" });

  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(message) });
});

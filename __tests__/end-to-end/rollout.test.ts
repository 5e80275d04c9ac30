import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "../..");

/** What CodeDeploy and Lambda are, as far as the AWS CLI shows them. */
interface Account {
  /** Function → the version that serves. */
  live: Record<string, string>;
  /** Function → when each version was published. */
  published: Record<string, Record<string, string>>;
  /** Function → how its deployment ends. */
  outcome?: Record<string, string>;
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
const answers = {
  "get-alias": () => ({ FunctionVersion: account.live[fn] }),
  "update-alias": () => { account.live[fn] = option("function-version"); return {}; },
  "list-versions-by-function": () => ({ Versions: [{ Version: "$LATEST", LastModified: "2000-01-01T00:00:00.000+0000" },
    ...Object.entries(account.published[fn]).map(([Version, LastModified]) => ({ Version, LastModified }))] }),
  "list-deployments": () => ({ deployments: ["d-open"] }),
  "create-deployment": () => {
    const { appSpecContent } = JSON.parse(option("revision"));
    const [[name, { Properties }]] = Object.entries(JSON.parse(appSpecContent.content).Resources[0]);
    if (Properties.CurrentVersion !== account.live[name]) throw new Error("stale");
    if (account.outcome?.[name] !== "Failed") account.live[name] = Properties.TargetVersion;
    return { deploymentId: "d-" + name };
  },
  "get-deployment": () => ({ deploymentInfo: { status: account.outcome?.[id.slice(2)] ?? "Succeeded", errorInformation: { message: "an alarm fired" } } }),
  "stop-deployment": () => { if (!account.outcome?.[id.slice(2)]) process.exitCode = 255; return {}; },
};
const answer = answers[call]();
writeFileSync(process.env.ACCOUNT, JSON.stringify(account));
if (!process.exitCode) console.log(JSON.stringify(answer));
`;

const terraformCli = `#!/usr/bin/env node
console.log(JSON.stringify({ "get-thing": "7", "put-thing": "3" }));
`;

const resourceOf = (inSteps: boolean) =>
  inSteps ? { aws_codedeploy_app: { rollout: { name: "things-prod-rollout" } } } : {};

/** Runs a command against an account, and tells what it said and what became of the account. */
function rollout(account: Account, args: readonly string[], { inSteps = true } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "rollout-"));
  for (const [name, text] of [["aws", awsCli] as const, ["terraform", terraformCli] as const]) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  const stack = join(folder, "cdktf.out/stacks/things-prod");
  mkdirSync(stack, { recursive: true });
  const provider = { aws: [{ region: "eu-west-1" }] };
  writeFileSync(join(stack, "cdk.tf.json"), JSON.stringify({ provider, resource: resourceOf(inSteps) }));
  const file = join(folder, "account.json");
  writeFileSync(file, JSON.stringify(account));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "run.js"), join(root, "tools/rollout.ts"), ...args],
    {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}`, ACCOUNT: file, POLL_MS: "1" },
    },
  );
  return { status, stdout, stderr, account: JSON.parse(readFileSync(file, "utf8")) as Account };
}

const published = {
  "get-thing": {
    "5": "2026-01-01T10:00:00.000+0000",
    "6": "2026-02-01T10:00:00.000+0000",
    "7": "2026-03-01T10:00:00.000+0000",
  },
  "put-thing": { "3": "2026-01-01T10:00:00.000+0000" },
};

describe("a release", () => {
  it("brings what does not serve yet, in the stack's region, and leaves the rest alone", () => {
    const { status, stdout, account } = rollout({ live: { "get-thing": "6", "put-thing": "3" }, published }, [
      "release",
      "things-prod",
    ]);

    expect([status, stdout]).toEqual([0, "get-thing: 6 → 7\nthings-prod: the newest versions serve\n"]);
    expect(account.live).toEqual({ "get-thing": "7", "put-thing": "3" });
    expect(account.calls?.filter((call) => call.startsWith("deploy create"))).toHaveLength(1);
    for (const call of account.calls ?? []) expect(call).toContain("--region eu-west-1");
  });

  it("that an alarm stops takes back the functions that had succeeded", () => {
    const { status, stderr, account } = rollout(
      { live: { "get-thing": "6", "put-thing": "2" }, published, outcome: { "put-thing": "Failed" } },
      ["release", "things-prod"],
    );

    expect(status).toBe(1);
    expect(stderr).toContain(
      "put-thing: deployment d-put-thing Failed: an alarm fired\nthings-prod: the release is taken back\n",
    );
    expect(account.live).toEqual({ "get-thing": "6", "put-thing": "2" });
  });

  it("has nothing to do where versions take over at once", () => {
    const { status, stdout, account } = rollout({ live: {}, published }, ["release", "things-prod"], {
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

  it("goes back to the versions of a time, stops what is under way, and leaves alone what was not changed since", () => {
    const { status, stdout, account } = rollout({ live, published }, [
      "rollback",
      "things-prod",
      "2026-02-15T00:00:00Z",
    ]);

    expect([status, stdout]).toEqual([0, "get-thing: 7 → 6\n"]);
    expect(account.live).toEqual({ "get-thing": "6", "put-thing": "3" });
    expect(account.calls?.filter((call) => call.startsWith("deploy stop-deployment"))).toHaveLength(2);
  });

  it("says which functions are younger than that, and takes back the others", () => {
    const { status, stderr, account } = rollout(
      { live, published: { ...published, "put-thing": { "3": "2026-03-01T10:00:00.000+0000" } } },
      ["rollback", "things-prod", "2026-02-15"],
      { inSteps: false },
    );

    expect(status).toBe(1);
    expect(stderr).toBe("things-prod: no version from before 2026-02-15T00:00:00.000Z of put-thing\n");
    expect(account.live).toEqual({ "get-thing": "6", "put-thing": "3" });
  });

  it.each([
    [["rollback", "things-prod"], "time: must be an instant of the past like 2026-01-31T12:00:00Z, got none; add it\n"],
    [
      ["rollback", "things-prod", "soon"],
      "time: must be an instant of the past like 2026-01-31T12:00:00Z, got soon; add it\n",
    ],
    [
      ["rollback", "thing-prod", "2026-02-15"],
      "stack: must be one that is synthesized, got thing-prod; run npm run synth\n",
    ],
    [["release"], "stack: must be one that is synthesized, got none; run npm run synth\n"],
  ])("refuses %j in one line", (args, message) => {
    expect(rollout({ live, published }, args)).toMatchObject({ status: 1, stdout: "", stderr: message });
  });
});

// Stands on: records
import { readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../constructs/synth/bundle";
import { Project } from "../support/project";

/** The hash that Terraform compares to decide whether a function's code is new, by function. */
function codeHashes(output: Record<string, string>): Record<string, string> {
  const json = JSON.parse(Buffer.from(output["stacks/records-dev/cdk.tf.json"] ?? "", "base64").toString());
  const functions = Object.entries<{ source_code_hash: string }>(json.resource.aws_lambda_function);
  return Object.fromEntries(functions.map(([name, { source_code_hash }]) => [name, source_code_hash]));
}

const folders = ["bundles", "packages"].map((name) => join(cacheFolder, name));

/** Deletes the bundles and packages of earlier synths, so that all are made anew. */
const forget = (): void => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
};

/** A line a stack: what was written, and how long it took. */
const written = (environment: string) =>
  expect.stringMatching(
    new RegExp(
      `^(([a-z-]+)-${environment}: \\d+ resources in cdktf.out/stacks/\\2-${environment}/cdk.tf.json, in \\d+\\.\\d\\d s\\n){6}$`,
    ),
  );

it("gives the same bytes in another folder, under another umask, locale, time zone and clock", () => {
  const here = new Project();
  const there = new Project();
  const longAgo = new Date("2001-02-03T04:05:06Z");
  utimesSync(join(there.folder, "handlers/records/get-record.ts"), longAgo, longAgo);

  forget();
  expect(here.synth({ TZ: "UTC", LANG: "C" })).toEqual({
    status: 0,
    stdout: written("dev"),
    stderr: "dev: alarms reach nobody; list who gets them as alarmEmails in environments/dev.ts\n",
  });
  forget();
  expect(there.synth({ TZ: "Asia/Kathmandu", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" }, "077").status).toBe(0);
  expect(there.output()).toEqual(here.output());
});

it("gives the same bytes without bundles and packages of before, with them, and with damaged ones", () => {
  const project = new Project();
  const synth = () => {
    expect(project.synth({ SYSTEMS: "records" }, "022", "--source-maps").status).toBe(0);
    return project.output();
  };
  const kept = () => folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  forget();
  const first = synth();
  // While other tests link or write what it is built from nothing is kept: then the next synth does.
  const isKept = () => readdirSync(folders[0] ?? "").length > 0;
  for (let left = 20; left > 0 && !isKept(); left -= 1) expect(synth()).toEqual(first);
  expect(isKept()).toBe(true);
  expect(synth()).toEqual(first);
  for (const path of kept()) writeFileSync(path, "damaged");
  expect(synth()).toEqual(first);
});

it("changes only the hash of the handler in which something is renamed", () => {
  const project = new Project();
  project.synth();
  const before = codeHashes(project.output());
  project.edit("handlers/records/get-record.ts", (text) => `${text}\nexport const renamed = 1;\n`);
  project.synth();
  const after = codeHashes(project.output());

  expect(Object.keys(after).filter((name) => after[name] !== before[name])).toEqual(["get-record"]);
});

it("says nothing where alarms reach somebody", () => {
  expect(new Project().synth({ ENVIRONMENT: "prod" })).toEqual({
    status: 0,
    stdout: written("prod"),
    stderr: "",
  });
});

it("refuses wrong settings before anything is written: all of them, a line each, and no stack trace", () => {
  const project = new Project();
  project.edit("environments/dev.ts", (text) => text.replace("logRetentionDays: 7", "logRetentionDays: 8"));
  project.edit("environments/network.ts", (text) =>
    text.replace("${region}b", "eu-west-1b").replace("${block}.32.0/20", "${block}.16.0/20"),
  );
  const { status, stdout, stderr } = project.synth();
  const lines = stderr.trim().split("\n");

  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(lines).toContain(
    "records-dev/network: subnets must not overlap, got 10.0.16.0/20 and 10.0.16.0/20; move one of them",
  );
  expect(lines.filter((line) => /^[a-z-]+-dev(\/.*)?: .* must .*, got .*; .*$/.test(line))).toEqual(lines);
  expect(project.output()).toEqual({});
});

it("says where environments that share an account have more than AWS allows at first", () => {
  const project = new Project();
  for (const name of ["dev", "qa"])
    project.edit(`environments/${name}.ts`, (text) => text.replace(/accountId: "\d+"/, 'accountId: "111122223333"'));
  const { status, stderr } = project.synth();

  expect(status).toBe(0);
  expect(stderr.split("\n").filter((line) => line.includes("Service Quotas"))).toEqual([
    "dev, qa: VPCs of account 111122223333 in us-west-2 must be at most 5 at first, got 6; give each environment an account of its own, or ask for more (Service Quotas)",
  ]);
});

it("refuses an environment that it does not know", () => {
  const { status, stderr } = new Project().synth({ ENVIRONMENT: "staging" });

  expect(status).toBe(1);
  expect(stderr).toBe(
    'ENVIRONMENT: must be one of dev, qa, prod, got "staging"; set it to one of these, or add environments/staging.ts and list it in environments/index.ts\n',
  );
});

it("says in one line where a handler does not build", () => {
  const project = new Project();
  project.edit("handlers/records/get-record.ts", (text) => `${text}\nconst = 1;\n`);
  const { status, stderr } = project.synth();

  expect(status).toBe(1);
  expect(stderr).toMatch(/^handlers\/records\/get-record\.ts:\d+:\d+: Expected identifier but found "="\n$/);
  expect(stderr).not.toMatch(/\n\s+at /);
});

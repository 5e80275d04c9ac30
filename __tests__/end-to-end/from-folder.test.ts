// Stands on: records
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { catalogue } from "../../aws/catalogue";
import type { ReadySystem, RunnerEvent } from "../../local/run/events";
import { type RunnerProcess, startRunner, stopRunners } from "../local/support/runner";
import { temporaryFolder } from "../local/support/stack-file";
import { eventually } from "../support/eventually";
import { filesBelow } from "../support/files-below";
import { byHand, handlerSource } from "../support/other-stacks/by-hand";
import { plainCdktf } from "../support/other-stacks/plain-cdktf";
import { synthesized } from "../support/synthesized";
import { systems as all } from "../support/systems";

const root = process.cwd();
afterAll(stopRunners);

// Below the project, where a function finds the SDK that Lambda's own runtime has.
const data = join(root, ".local", `from-folder-${process.pid}`);
afterAll(() => rmSync(data, { recursive: true, force: true }));

const from = (folder: string, ...args: string[]): RunnerProcess =>
  startRunner(root, "--json", "--port", "0", "--data", join(data, randomUUID()), "--from", folder, ...args);

async function end(runner: RunnerProcess): Promise<void> {
  process.kill(-runner.child.pid!, "SIGINT");
  await runner.ended;
}

/** Asks as the printed line does. */
async function asPrinted({ curl }: ReadySystem): Promise<Response> {
  const [url = "", ...others] = [...curl!.matchAll(/'([^']*)'/g)].map(([, word]) => word!);
  const headers = others.filter((word) => /^[\w-]+: /.test(word)).map((word) => word.split(": ") as [string, string]);
  const body = others.find((word) => word.startsWith("{"));
  return fetch(url, { headers: Object.fromEntries(headers), ...(body === undefined ? {} : { method: "POST", body }) });
}

const problems = (runner: RunnerProcess): readonly string[] =>
  runner.events.flatMap((event: RunnerEvent) => (event.event === "problem" ? [event.message] : []));

function copied(environment: "dev" | "prod"): string {
  const folder = join(temporaryFolder(), "elsewhere");
  cpSync(synthesized(environment), folder, { recursive: true });
  return folder;
}

test("an output folder that was copied runs all of its stacks by their names, and is left as it was", async () => {
  const folder = copied("dev");
  const runner = from(folder);
  const { systems, access } = await runner.next("ready");
  expect(systems.map(({ system }) => system)).toEqual(all.map((system) => `${system}-dev`));
  for (const system of systems) {
    expect(system).toMatchObject({ url: expect.stringMatching(/\/dev$/), apiKey: expect.stringMatching(/^\w{40}$/) });
    const { status } = await asPrinted(system);
    expect([system.system, status]).toEqual([system.system, expect.any(Number)]);
    expect(status).toBeLessThan(401);
  }
  expect(access.AWS_ACCESS_KEY_ID).toBe("OPERATOR");
  expect(problems(runner)).toContain("account-dev has no functions and no API, so nothing of it runs");
  await end(runner);
  const contents = (below: string) =>
    filesBelow(below).map((file) => [relative(below, file), readFileSync(file, "base64")]);
  expect(contents(folder)).toEqual(contents(synthesized()));
});

test("one stack of it runs by its name, or as its folder alone, without the manifest", async () => {
  const folder = copied("prod");
  rmSync(join(folder, "manifest.json"));
  const [named, alone] = [from(folder, "records-prod"), from(join(folder, "stacks", "records-prod"))];
  for (const runner of [named, alone]) {
    const { systems } = await runner.next("ready");
    expect(systems.map(({ system }) => system)).toEqual(["records-prod"]);
    expect((await asPrinted(systems[0]!)).status).toBe(201);
    await end(runner);
  }
});

const python = `
import sys, zipfile
kind, path, source = sys.argv[1:]
with zipfile.ZipFile(path, "w", getattr(zipfile, kind)) as z:
    z.writestr("lib/", "")
    z.writestr("index.js", source)
    z.writestr("lib/prefix.js", "exports.prefix = 'by-hand/';")
`;

const zip = (kind: string, path: string): boolean =>
  spawnSync("python3", ["-c", python, kind, path, handlerSource]).status === 0;

function handwritten(): string {
  const folder = join(temporaryFolder(), "things");
  mkdirSync(join(folder, "zips"), { recursive: true });
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(byHand));
  writeFileSync(join(folder, "first.txt"), "first");
  return folder;
}

test("the stack that is written by hand has one of each emulated type", () => {
  const emulated = Object.keys(catalogue).filter((type) => catalogue[type]!.emulated);
  expect(Object.keys(byHand.resource).sort()).toEqual(emulated.sort());
});

test("a stack that is written by hand runs, with packages that another tool has made, deflated and stored", async () => {
  const folder = handwritten();
  if (!zip("ZIP_DEFLATED", join(folder, "keep.zip")) || !zip("ZIP_STORED", join(folder, "zips/collect.zip"))) {
    process.stderr.write("skipped: there is no python3 to make packages\n");
    return;
  }
  const runner = from(folder);
  const { systems, access } = await runner.next("ready");
  expect(systems.map(({ system, entrances }) => [system, entrances.map(({ name }) => name)])).toEqual([
    ["things", ["live", "distribution"]],
  ]);
  const { url, apiKey } = systems[0]!;
  expect((await fetch(`${url}/things`, { method: "POST", body: "a" })).status).toBe(403);
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
  expect((await fetch(`${url}/things`)).status).toBe(400);
  expect(await (await fetch(`${url}/things?about=you`)).json()).toEqual({ about: "you" });
  const answer = await fetch(`${url}/things`, { method: "POST", body: "a", headers: { "x-api-key": apiKey! } });
  expect([answer.status, await answer.json()]).toEqual([201, { kept: "a", greeting: "hello" }]);
  const credentials = { accessKeyId: access.AWS_ACCESS_KEY_ID, secretAccessKey: access.AWS_SECRET_ACCESS_KEY };
  const client = new DynamoDBClient({ region: access.AWS_REGION, endpoint: access.AWS_ENDPOINT_URL, credentials });
  const items = await eventually(async () => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: "things" }));
    return Items.length === 2 ? Items : undefined;
  });
  client.destroy();
  expect(items.map(({ id, text }) => [id!.S, text!.S]).sort()).toEqual([
    ["by-hand/asked/", "a"],
    ["by-hand/queued/", "a"],
  ]);
  expect(access.AWS_REGION).toBe("eu-central-1");
  await end(runner);
});

test("what a plain CDKTF project has synthesized runs", async () => {
  const runner = from(plainCdktf());
  const { systems, access } = await runner.next("ready");
  expect(systems.map(({ system, apiKey }) => [system, apiKey])).toEqual([["Visits", undefined]]);
  for (const visits of [1, 2]) {
    const answer = await fetch(`${systems[0]!.url}/`);
    expect([answer.status, await answer.json()]).toEqual([200, { visits }]);
  }
  expect(access.AWS_REGION).toBe("eu-west-1");
  await end(runner);
});

type Arguments = Record<string, Record<string, Record<string, unknown>>>;

/** The same stack with another value of one argument. */
function edited(type = "aws_sqs_queue", name = "dead", argument = "name", value: unknown = "things-dead"): string {
  const folder = handwritten();
  const document = JSON.parse(JSON.stringify(byHand)) as { resource: Arguments };
  document.resource[type]![name]![argument] = value;
  writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(document));
  for (const path of ["keep.zip", "zips/collect.zip"]) writeFileSync(join(folder, path), "no package");
  return folder;
}

test.each<[string, () => string, RegExp]>([
  [
    "an expression",
    () => edited("aws_sqs_queue", "dead", "name", '${join("-", ["a"])}'),
    /aws_sqs_queue\.dead: name: expression .*join.* is not a reference/,
  ],
  ["copies", () => edited("aws_sqs_queue", "dead", "count", 2), /^aws_sqs_queue\.dead: count is not emulated here/],
  [
    "a foreign runtime",
    () => edited("aws_lambda_function", "keep", "runtime", "python3.12"),
    /^aws_lambda_function\.keep: runtime must be .*got python3\.12/,
  ],
  [
    "a policy that is nowhere",
    () => edited("aws_iam_role_policy_attachment", "logs", "policy_arn", "arn:aws:iam::aws:policy/Unheard"),
    /^aws_iam_role_policy_attachment\.logs: policy_arn arn:aws:iam::aws:policy\/Unheard is neither in the stack nor known here/,
  ],
  [
    "a missing package",
    () => edited("aws_lambda_function", "keep", "filename", "gone.zip"),
    /^aws_lambda_function\.keep: its package .*things\/gone\.zip can't be read: there is no such file/,
  ],
  [
    "a package that is none",
    () => edited(),
    /^aws_lambda_function\.keep: its package .*things\/keep\.zip: invalid zip data/,
  ],
  [
    "an empty folder",
    () => temporaryFolder(),
    /must contain cdk\.tf\.json, or an output folder's stacks with one each; it has none/,
  ],
  ["a folder that is not there", () => "/nowhere", /^\/nowhere must contain cdk\.tf\.json/],
])("%s is refused in one line that says where", async (_, folder, message) => {
  const { code, errors } = await from(folder()).ended;
  expect([code, errors.trimEnd().split("\n")]).toEqual([1, [expect.stringMatching(message)]]);
});

test("a name that the folder does not have is answered with those that it has", async () => {
  const { code, errors } = await from(synthesized(), "recrods").ended;
  expect([code, errors]).toEqual([1, expect.stringMatching(/^there is no stack recrods; there is .*records-dev.*\n$/)]);
});

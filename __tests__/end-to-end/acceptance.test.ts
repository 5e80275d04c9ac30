// Stands on: records, user-management, data-processor
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checks } from "../../tools/acceptance/account/checks";
import { type Behaviours, compare } from "../../tools/acceptance/behaviours";
import { seenIn } from "../../tools/acceptance/claims";
import type { Address } from "../../tools/acceptance/client";
import { type LocalRun, startLocalRun } from "../../tools/acceptance/local-run";
import { behavioursInWords } from "../../tools/acceptance/words";
import { type LocalSystem, startLocally } from "../local/support/local-system";
import { type AccountState, goodAccount, type StandInAccount, startAccount } from "../support/account";
import { bodyOf } from "../support/aws-server";
import type { EnvironmentName } from "../support/synthesized";
import { systems } from "../support/systems";
import { accessLogFormat, addressesOf, measuredBy } from "../support/watched";

/** A response on its way through the proxy. */
interface Passing {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** A proxy's change of a response; none where it returns nothing. `"lost"` loses it. */
type Fault = (request: IncomingMessage, answer: Passing) => Passing | "lost";

/** Serves an address at another one, as if it were far away, with a fault in what comes back. */
async function farAway({ name, url, key }: Address, fault: Fault = (_, answer) => answer) {
  const server = createServer(async (request, response: ServerResponse) => {
    const body = await bodyOf(request);
    const { host: _, connection: __, "content-length": ___, ...headers } = request.headers as Record<string, string>;
    const answer = await fetch(new URL(request.url ?? "", url), {
      method: request.method!,
      headers,
      ...(body ? { body } : {}),
    });
    const passing = fault(request, {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: await answer.text(),
    });
    if (passing === "lost") return void request.socket.destroy();
    const { "content-length": ____, "transfer-encoding": _____, connection: ______, ...kept } = passing.headers;
    response.writeHead(passing.status, kept).end(passing.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: { name, url: `http://127.0.0.1:${port}${new URL(url).pathname.replace(/\/$/, "")}`, key },
    stop: () => new Promise<void>((resolve) => void server.close(() => resolve()).closeAllConnections()),
  };
}

const addressOf = (system: LocalSystem, name: string): Address => {
  const { url, apiKey } = system.at(name);
  return { name, url, key: apiKey };
};

const problemsOf = ({ rows }: Behaviours): string[] =>
  rows.flatMap(({ target, problems }) => problems.map((problem) => `${target.name}: ${problem}`));

describe("a system that answers as it does locally", () => {
  it.each(
    systems
      .filter((system) => system !== "user-management")
      .map((system) => [system, "dev"])
      .concat([
        ["user-management", "dev"],
        ["user-management", "prod"],
        ["user-management", "distribution"],
      ]),
  )("has nothing to be said about: %s, at %s", async (name, entrance) => {
    const system = await startLocally(name!);
    const target = await farAway(addressOf(system, entrance!));
    try {
      const found = await compare(name!, target.address, addressOf(system, entrance!));

      expect(problemsOf(found)).toEqual([]);
      expect(found.left).toEqual([]);
    } finally {
      await target.stop();
      await system.stop();
    }
  });
});

describe("a fault of the target", () => {
  let system: LocalSystem;
  beforeAll(async () => {
    system = await startLocally("records");
  });
  afterAll(() => system.stop());

  const where = (method: string, path: RegExp) => (request: IncomingMessage) =>
    request.method === method && path.test(request.url ?? "");
  const created = where("POST", /\/records$/);
  const read = where("GET", /\/records\/[0-9a-f-]{36}$/);
  const json = (answer: Passing, change: (body: Record<string, unknown>) => unknown): Passing => ({
    ...answer,
    body: JSON.stringify(change(JSON.parse(answer.body))),
  });

  it.each<[what: string, fault: Fault, problem: string]>([
    [
      "another status",
      (request, answer) => (created(request) && answer.status === 201 ? { ...answer, status: 200 } : answer),
      "createRecord keeps a batch: status: 201 expected, got 200",
    ],
    [
      "another code of a refusal",
      (request, answer) =>
        read(request) && answer.status === 404
          ? json(answer, ({ error }) => ({ error: { ...(error as object), code: "GONE" } }))
          : answer,
      "getRecord does not know the id: code: GONE there, NOT_FOUND locally",
    ],
    [
      "a header less",
      (request, answer) => {
        const { etag: _, ...headers } = answer.headers;
        return created(request) ? { ...answer, headers } : answer;
      },
      'createRecord keeps a batch: header etag: none there, "1" locally',
    ],
    [
      "a header more",
      (_, answer) => ({ ...answer, headers: { ...answer.headers, "x-powered-by": "guesses" } }),
      "createRecord keeps a batch: header x-powered-by: guesses there, none locally",
    ],
    [
      "another header",
      (request, answer) =>
        request.method === "OPTIONS"
          ? { ...answer, headers: { ...answer.headers, "access-control-allow-origin": "*" } }
          : answer,
      "answers a browser that asks first: header access-control-allow-origin: * there, http://localhost:5173 locally",
    ],
    [
      "a member less",
      (request, answer) =>
        read(request) && answer.status === 200 ? json(answer, ({ version: _, ...body }) => body) : answer,
      "getRecord reads it: body version: none there, number locally",
    ],
    [
      "a member of another type",
      (request, answer) => (created(request) ? json(answer, (body) => ({ ...body, kind: 7 })) : answer),
      "createRecord keeps a batch: body kind: number there, string locally",
    ],
    [
      "a body that is no JSON",
      (_, answer) => (answer.status === 400 ? { ...answer, body: '{"message":"unescaped "quotes""}' } : answer),
      "createRecord refuses a name with quotes in JSON: the body is no JSON",
    ],
    ["no answer", (request, answer) => (request.method === "DELETE" ? "lost" : answer), "fetch failed"],
    [
      "a cache that serves what is old",
      (request, answer) => (/version=2/.test(request.url ?? "") ? { ...answer, status: 404 } : answer),
      "getRecord reads at once what was written: status: 200 expected, got 404",
    ],
    [
      "a key that is not asked for",
      (_, answer) => (answer.status === 403 ? { status: 200, headers: answer.headers, body: "{}" } : answer),
      "getRecord refuses who has no key: status: 403 expected, got 200",
    ],
  ])("reports: %s", async (_, fault, problem) => {
    const local = addressOf(system, "dev");
    const target = await farAway(local, fault);
    try {
      const found = await compare("records", target.address, local);

      expect(problemsOf(found)).toContainEqual(expect.stringContaining(problem));
      expect(behavioursInWords(found)).toContain("≠");
    } finally {
      await target.stop();
    }
  });

  it("reports what was created and can't be deleted", async () => {
    const local = addressOf(system, "dev");
    const target = await farAway(local, (request, answer) =>
      request.method === "DELETE" ? { ...answer, status: 500 } : answer,
    );
    const { left } = await compare("records", target.address, local);
    await target.stop();

    expect(left).toEqual([expect.stringMatching(/^DELETE \/records\/.*: 500$/), expect.stringMatching(/: 500$/)]);
  });
});

it("is a command that prints both columns and what it costs, and fails where there is a difference", async () => {
  const system = await startLocally("data-processor");
  const target = await farAway(addressOf(system, "dev"), (_, answer) => ({
    ...answer,
    headers: { ...answer.headers, via: "1", "x-new": "1" },
  }));
  const { url, key } = target.address;
  const child = spawn(process.execPath, [
    "run.js",
    "tools/acceptance.ts",
    "data-processor",
    "--url",
    url,
    "--key",
    key,
  ]);
  let printed = "";
  child.stdout.on("data", (text) => {
    printed += text;
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  await target.stop();
  await system.stop();

  expect(code).toBe(1);
  expect(printed).toMatch(/^costs 0\.\d\d dollars at most$/m);
  expect(printed).toMatch(/^≠ getHello answers who has no key +200 +\d+ ms +200 +\d+ ms$/m);
  expect(printed).toContain("      header x-new: 1 there, none locally");
  expect(printed).not.toContain("header via");
});

/** All checks but that of throttles: how fast this machine asks would decide. */
const tried = Object.keys(checks).flatMap((name) => (name === "throttles" ? [] : ["--check", name]));

interface DeployedStack {
  readonly account: StandInAccount;
  /** Where reports go. */
  readonly folder: string;
  acceptance(...args: string[]): Promise<{ code: unknown; printed: string; report: string }>;
  stop(): Promise<void>;
}

/**
 * A stack as it is found when it is deployed: by the outputs of its state, and the APIs of its account.
 *
 * @param outputs those that tell its ways in
 */
async function deployed(
  [system, environment]: readonly [string, EnvironmentName],
  outputs: Readonly<Record<string, unknown>>,
  state: Partial<AccountState>,
): Promise<DeployedStack> {
  const folder = mkdtempSync(join(tmpdir(), "acceptance-test-"));
  const accessLine = JSON.parse(accessLogFormat(system, environment));
  const account = await startAccount({
    ...goodAccount({ accessLine, measured: measuredBy(system, environment) }),
    ...state,
  });
  const addresses = addressesOf(system, environment).map((address) => [address, `id-of-${address}`]);
  const all = { ...outputs, log_bucket: "log-bucket", resources: Object.fromEntries(addresses) };
  const shown = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, { value }]));
  writeFileSync(join(folder, "outputs.json"), JSON.stringify(shown));
  // As far as it is asked for the outputs of a state.
  writeFileSync(join(folder, "terraform"), `#!/bin/sh\ncase "$*" in *output*) cat "${folder}/outputs.json";; esac\n`);
  chmodSync(join(folder, "terraform"), 0o755);
  return {
    account,
    folder,
    acceptance: async (...args) => {
      const env = {
        ...process.env,
        ...{ PATH: `${folder}:${process.env["PATH"]}`, AWS_ENDPOINT_URL: account.url },
        ...{ AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
      };
      const options = ["--report", folder, "--wait", "1", "--every", "0.5", ...args];
      const child = spawn(process.execPath, ["run.js", "tools/acceptance.ts", system, ...options], { env });
      let printed = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (text) => {
          printed += text;
        });
      }
      const code = await new Promise((resolve) => child.once("close", resolve));
      const [report] = readdirSync(folder).filter((file) => file.endsWith(`-${system}-${environment}.md`));
      return { code, printed, report: report ? readFileSync(join(folder, report), "utf8") : "" };
    },
    stop: async () => {
      await account.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

describe("a run against a deployed stack", () => {
  let system: LocalSystem;
  let stack: DeployedStack;
  beforeAll(async () => {
    system = await startLocally("records");
    const { url, apiKey } = system.at("dev");
    stack = await deployed(["records", "dev"], { api_url: url, api_key_id: "k1" }, { apiKeys: { k1: apiKey } });
  });
  afterAll(async () => {
    await stack.stop();
    await system.stop();
  });

  it("finds its address and its key, and writes what it saw without the account's number", async () => {
    const { code, printed, report } = await stack.acceptance(...tried, "--seen", "update");

    expect({ code, printed }).toEqual({
      code: 0,
      printed: expect.stringMatching(/^alarm-metrics: passed: 33 of 33 metrics/m),
    });
    expect(report).toMatch(/^# records-dev, \d{4}-\d\d-\d\d$/m);
    expect(report).toContain("as arn:aws:sts::<account>:assumed-role/people/ada");
    expect(report).toMatch(/^\| `archived-lines` \| passed \| log-bucket\/logs/m);
    expect(report).toMatch(/^\| `signed-uploads` \| not tried \| signed URLs: this system has none \|$/m);
    expect(report).toMatch(/^\| `update` \| passed \| seen by a person/m);
    expect(report).toMatch(/^\| createRecord keeps a batch \| 201 \| \d+ ms \| 201 \| \d+ ms \| {2}\|$/m);
    expect(report).not.toMatch(/\d{12}/);
    expect(seenIn(stack.folder)).toContain("cache-hits");
    expect(seenIn(stack.folder)).not.toContain("signed-uploads");
  });

  it("fails where one of the checks does, and says so in the report", async () => {
    stack.account.state = { ...stack.account.state, cacheHits: 0 };
    const { code, report } = await stack.acceptance("--check", "cache-hits");

    expect(code).toBe(1);
    expect(report).toMatch(
      /^\| `cache-hits` \| failed \| there must be a request that the stage's cache answered within 1 s, got none \|$/m,
    );
  });

  it.each([
    ["a check that there is not", ["--check", "mood"], /^--check must be one of deployment, .*, got mood$/m],
    ["half of an address", ["--url", "http://localhost:1"], /^--url and --key must come together, got one of them$/m],
    ["no time", ["--wait", "0"], /^--wait must be a number of seconds above 0, got 0$/m],
    [
      "prod without saying so twice",
      ["--environment", "prod"],
      /^records-prod: its data is protected.*--confirm prod$/m,
    ],
  ])("refuses %s", async (_, args, words) => {
    const { code, printed } = await stack.acceptance(...args);

    expect(code).toBe(1);
    expect(printed).toMatch(words);
  });
});

describe("a run against user-management-prod", () => {
  const ways = ["dev", "qa", "prod", "distribution"] as const;
  const args = ["--environment", "prod", ...tried];
  let system: LocalRun;
  let stack: DeployedStack;
  beforeAll(async () => {
    system = await startLocalRun("user-management", "prod");
    const at = new Map(system.addresses.map(({ name, ...address }) => [name, address]));
    const stages = ways.slice(0, 3);
    const outputs = {
      api_urls: Object.fromEntries(stages.map((name) => [name, at.get(name)?.url])),
      api_key_ids: Object.fromEntries(stages.map((name) => [name, `key${name}`])),
      distribution_url: at.get("distribution")?.url,
    };
    stack = await deployed(["user-management", "prod"], outputs, {
      apiKeys: Object.fromEntries(stages.map((name) => [`key${name}`, at.get(name)?.key ?? ""])),
      segments: [["AWS::Lambda::Function", "user-management-prod-dev-get-user"]],
    });
  });
  afterAll(async () => {
    await stack.stop();
    await system.stop();
  });

  it("asks each stage with its own key, and prod through its distribution, and directly to be refused", async () => {
    const { code, printed, report } = await stack.acceptance(...args, "--confirm", "prod");

    expect({ code, printed }).toEqual({ code: 0, printed: expect.stringMatching(/^distribution:/m) });
    for (const way of ways) expect(report).toContain(`## Requests to ${way}\n`);
    expect(report).toMatch(/^\| `distribution-logs` \| passed \| CloudFront has written log-bucket\/AWSLogs/m);
    expect(report).toMatch(/^\| `function-logs` \| passed \| 21 log groups/m);
    expect(report).not.toContain("| failed |");
  });

  it("reports an entrance that accepts another key, and of logs that CloudFront did not write", async () => {
    const { apiKeys, ...state } = stack.account.state;
    stack.account.state = { ...state, apiKeys: { ...apiKeys, keyqa: apiKeys["keydev"] ?? "" }, objects: {} };
    const only = ["--environment", "prod", "--confirm", "prod", "--check", "distribution-logs"];
    const { code, printed, report } = await stack.acceptance(...only);

    expect(code).toBe(1);
    expect(printed).toMatch(/^≠ .*\n +status: 201 expected, got 403$/m);
    expect(report).toMatch(/^\| `distribution-logs` \| failed \|/m);
  });
});

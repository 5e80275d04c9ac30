// Stands on: records
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesizedStack } from "../support/synthesized-stack";

// Each call is a process of its own, and one synthesizes.
jest.setTimeout(120_000);

const root = join(__dirname, "../..");

/** An AWS CLI whose CloudWatch Logs has these lines; it filters as the pattern says, and answers the oldest first. */
const awsCli = `#!/usr/bin/env node
const rest = process.argv.slice(2);
const option = (name) => rest[rest.indexOf("--" + name) + 1];
const [pattern, group, start] = [option("filter-pattern"), option("log-group-name"), Number(option("start-time"))];
const terms = [...pattern.matchAll(/\\$\\.([\\w.]+) = "(\\w+)"/g)];
const valueAt = (object, path) => path.split(".").reduce((inner, key) => inner?.[key], object);
const fits = (line) => terms.length === 0 ? line.includes(JSON.parse(pattern)) : terms.some(([, path, value]) => valueAt(JSON.parse(line), path) === value);
if (option("region") !== "us-east-1") throw new Error("another region");
const lines = JSON.parse(process.env.LINES)[group];
if (!lines) { console.error("An error occurred (ResourceNotFoundException)"); process.exit(254); }
const events = lines.map(([ago, line]) => ({ timestamp: Date.now() - ago * 1000, message: JSON.stringify(line) + "\\n" }));
console.log(JSON.stringify({ events: events.filter(({ timestamp, message }) => timestamp >= start && fits(message)) }));
`;

/** Log lines of records on a bad day: seconds ago, and the line. */
const lines = {
  "/aws/lambda/records-prod-get-record": [
    [600, { level: "INFO", message: "request", correlation_id: "r-1" }],
    [500, { level: "WARN", message: "request refused: unavailable", correlation_id: "r-1" }],
    [100, { type: "platform.report", record: { status: "timeout" } }],
    [90, { type: "platform.report", record: { status: "success" } }],
  ],
  "/aws/lambda/records-prod-create-record": [
    [5000, { level: "ERROR", message: "long ago" }],
    [300, { level: "WARN", message: "activity not written to the log bucket" }],
    [200, { level: "ERROR", message: "request failed" }],
  ],
};

function run(tool: string, args: readonly string[], options: { input?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "bad-day-"));
  writeFileSync(join(folder, "aws"), awsCli);
  chmodSync(join(folder, "aws"), 0o755);
  const stack = join(folder, "cdktf.out/stacks/records-prod");
  mkdirSync(stack, { recursive: true });
  writeFileSync(join(stack, "cdk.tf.json"), JSON.stringify(synthesizedStack("records", "prod").json));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "run.js"), join(root, `tools/${tool}.ts`), ...args],
    {
      cwd: tool === "logs" ? folder : root,
      encoding: "utf8",
      env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}`, LINES: JSON.stringify(lines) },
      ...options,
    },
  );
  return { status, stdout, stderr };
}

const messages = (stdout: string): string[] =>
  stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line))
    .map(({ message, record }) => message ?? record.status);

describe("the logs of a bad day", () => {
  it("list each way to fail, the newest first: refusals, lost activity, crashes, and what Lambda ended", () => {
    const { status, stdout, stderr } = run("logs", ["records-prod"]);

    expect({ status, messages: messages(stdout) }).toEqual({
      status: 0,
      messages: ["timeout", "request failed", "activity not written to the log bucket", "request refused: unavailable"],
    });
    expect(stderr).toMatch(/^4 failures and warnings in \d+ log groups since 20/);
  });

  it("list those of longer ago, of one function, and of one request", () => {
    expect(messages(run("logs", ["records-prod", "--minutes", "120", "--function", "create"]).stdout)).toEqual([
      "request failed",
      "activity not written to the log bucket",
      "long ago",
    ]);
    expect(messages(run("logs", ["records-prod", "--request", "r-1"]).stdout)).toEqual([
      "request refused: unavailable",
      "request",
    ]);
  });

  it.each([
    [["records-prod", "--minutes", "soon"], "--minutes: must be a number above 0, got soon; correct it\n"],
    [["records-prod", "--function", "nope"], "--function: must be part of a function's name, got nope; leave it out\n"],
    [["records-prod", "--request", '" || true'], /^--request: must be an id like .*, got " \|\| true; correct it\n$/],
    [["records"], /^stack: must be <system>-<environment>/],
  ])("are not searched for by %j", (args, message) => {
    expect(run("logs", args)).toMatchObject({ status: 1, stdout: "", stderr: expect.stringMatching(message) });
  });
});

describe("a trace", () => {
  /** Where a bundle that is run without its variables fails: in handlers/runtime/env.ts. */
  function realTrace(): string {
    spawnSync(process.execPath, ["run.js", "main.ts", "--source-maps"], {
      env: { ...process.env, SYSTEMS: "" },
      cwd: root,
    });
    const file = join(root, "cdktf.out/bundles/records/create-record.mjs");
    const code = `import(${JSON.stringify(file)}).catch((error) => console.log(error.stack))`;
    const { stdout } = spawnSync(process.execPath, ["-e", code], {
      encoding: "utf8",
      env: { PATH: process.env["PATH"] },
    });
    return stdout.replaceAll(/file:[^)\s]*create-record\.mjs/g, "file:///var/task/index.mjs");
  }
  let trace: string;
  beforeAll(() => {
    trace = realTrace();
  });

  it("is printed with its places in TypeScript, from a file, from standard input, or as it is", () => {
    const file = join(mkdtempSync(join(tmpdir(), "trace-")), "trace");
    writeFileSync(file, trace);
    const options = ["--function", "records-prod-create-record"];
    const from = [run("source-maps", [file, ...options]), run("source-maps", options, { input: trace })];
    from.push(run("source-maps", [trace, ...options]));

    for (const { status, stdout } of from) {
      expect(status).toBe(0);
      expect(stdout).toMatch(/handlers\/runtime\/env\.ts:\d+:\d+/);
      expect(stdout).not.toContain("index.mjs:");
      const [, path = "", row = ""] = /(handlers\/runtime\/env\.ts):(\d+)/.exec(stdout) ?? [];
      expect(readFileSync(join(root, path), "utf8").split("\n")[Number(row) - 1]).toMatch(/throw|Error/);
    }
  });

  it("on a line of a log is the function's that the line names; other lines stay as they are", () => {
    const place = /file:\/\/\/var\/task\/index\.mjs:\d+:\d+/.exec(trace)?.[0];
    const line = JSON.stringify({ function_name: "records-dev-create-record", failure: { at: [`at f (${place})`] } });
    const { stdout } = run("source-maps", [], { input: `${line}\nnothing here\n` });

    expect(stdout).toMatch(/"at f \(handlers\/[\w/-]+\.ts:\d+:\d+\)"[^\n]*\nnothing here\n$/);
  });

  it.each([
    [["nothing"], "trace: must be a file, or contain a place like index.mjs:1:53021, got nothing; correct it\n"],
    [["at index.mjs:1:5"], "function: must be on the line (function_name) or given, got none; add --function <name>\n"],
    [["at index.mjs:1:5", "--function", "items-prod-nope"], /^function items-prod-nope: is none of these sources/],
  ])("is refused in one line for %j", (args, message) => {
    const text = typeof message === "string" ? message : expect.stringMatching(message);

    expect(run("source-maps", args)).toMatchObject({ status: 1, stdout: "", stderr: text });
  });
});

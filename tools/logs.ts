import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { UserError } from "../lib/user-error";
import { providerOf, type StackJson } from "../stack-json/document";
import { command } from "./command";
import { namedStack, stackJson } from "./stacks/named-stack";

const usage = `npm run logs -- <stack> [--minutes 15] [--function <part of its name>] [--request <id>]

What a stack's functions said of failures, the newest first: warnings, errors, crashes, and invocations that Lambda ended, of
the last minutes. With --request everything that was said of a request, by the id that its client got. Needs the AWS CLI, and
logs:FilterLogEvents. Traces are read by npm run source-maps: npm run -s logs -- records-prod | npm run -s source-maps`;

const execute = promisify(execFile);

/**
 * Lines of handlers have a level; those of Lambda itself have a record with a status, at level INFO or none (developer
 * guide, Telemetry API event schema). A crash while starting is in `platform.initReport`.
 */
const failures = [
  ...["WARN", "ERROR", "FATAL"].map((level) => `$.level = "${level}"`),
  ...["timeout", "error", "failure"].map((status) => `$.record.status = "${status}"`),
].join(" || ");

interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
}

/** Number of log groups queried at once: FilterLogEvents takes ten requests a second in most regions (quotas). */
const AT_ONCE = 5;

async function eventsOf(group: string, { region, pattern, since }: Search): Promise<LogEvent[]> {
  const times = ["--start-time", String(since.getTime())];
  const args = ["logs", "filter-log-events", "--log-group-name", group, "--filter-pattern", pattern, ...times];
  try {
    const options = { maxBuffer: 256 * 1024 * 1024 };
    const { stdout } = await execute("aws", [...args, "--region", region, "--output", "json"], options);
    return (JSON.parse(stdout || "{}").events ?? []) as LogEvent[];
  } catch (error) {
    const { code, stderr = "" } = error as { code?: string; stderr?: string };
    if (code === "ENOENT") throw new UserError("aws is not on the PATH; install the AWS CLI");
    // A function that was never called, or is not deployed yet.
    if (stderr.includes("ResourceNotFoundException")) return [];
    throw new UserError(`aws logs filter-log-events failed for ${group}: ${stderr.trim()}`);
  }
}

interface Search {
  readonly region: string;
  readonly pattern: string;
  readonly since: Date;
}

/** The log groups of a stack's functions: their names are literal in the JSON. */
function groupsOf(json: StackJson, part: string): string[] {
  const names = Object.values(json.resource?.["aws_cloudwatch_log_group"] ?? {}).map(({ name = "" }) => String(name));
  return names.filter((name) => name.startsWith("/aws/lambda/") && name.includes(part)).sort();
}

function minutesIn(text: string): number {
  const minutes = Number(text);
  if (Number.isFinite(minutes) && minutes > 0) return minutes;
  throw new UserError(`--minutes: must be a number above 0, got ${text}; correct it`);
}

void command(
  usage,
  { minutes: { type: "string" }, function: { type: "string" }, request: { type: "string" } },
  async ({ positionals: [name], values }) => {
    const { minutes = "15", function: part = "", request } = values;
    const since = new Date(Date.now() - minutesIn(minutes) * 60_000);
    if (request !== undefined && !/^[\w-]+$/.test(request)) {
      throw new UserError(
        `--request: must be an id like c6af9ac6-7b61-11e6-9a41-93e8deadbeef, got ${request}; correct it`,
      );
    }
    const json = stackJson(namedStack(name));
    const search = {
      region: providerOf(json).region,
      pattern: request === undefined ? `{ ${failures} }` : `"${request}"`,
      since,
    };
    const groups = groupsOf(json, part);
    if (groups.length === 0)
      throw new UserError(`--function: must be part of a function's name, got ${part}; leave it out`);
    const found: LogEvent[] = [];
    for (let at = 0; at < groups.length; at += AT_ONCE) {
      const some = await Promise.all(groups.slice(at, at + AT_ONCE).map((group) => eventsOf(group, search)));
      found.push(...some.flat());
    }
    found.sort((a, b) => b.timestamp - a.timestamp);
    for (const { message } of found) console.log(message.trimEnd());
    const what = request === undefined ? "failures and warnings" : "lines of that request";
    console.error(`${found.length} ${what} in ${groups.length} log groups since ${since.toISOString()}`);
    return 0;
  },
);

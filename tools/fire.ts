import { isObject } from "../lib/json";
import { UserError } from "../lib/user-error";
import { command } from "./command";

const usage = `npm run fire -- [schedule] [--page <URL>]

Has npm start call a schedule's target now, as if it were due, and says what became of it. Without a schedule it lists all of
them, each with when it is due next.

  --page   the address of the page, which npm start prints first (http://localhost:3900)`;

/** A schedule as the page's interface tells of it, as far as it is read. */
interface Schedule {
  readonly name: string;
  readonly arn: string;
  readonly expression: string;
  readonly timeZone: string;
  readonly target: string;
  readonly next: readonly number[];
}

/** What became of an invocation. */
interface Outcome {
  readonly result: "invoked" | "tried again" | "dead letter" | "dropped";
  readonly error?: string;
}

/** Asks the page's interface. @throws UserError with its words, or when nothing is there */
async function asked(page: string, path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(new URL(path, page), init).catch(() => {
    throw new UserError(`--page: nothing answers at ${page}; npm start prints the address of its page first`);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && isObject(answer)) return answer;
  const message = isObject(answer) ? answer["message"] : undefined;
  throw new UserError(`--page: ${page} answers ${response.status}${message === undefined ? "" : `: ${message}`}`);
}

async function schedulesOf(page: string): Promise<readonly Schedule[]> {
  const { schedules } = (await asked(page, "/api/schedules")) as { readonly schedules?: readonly Schedule[] };
  if (schedules === undefined) throw new UserError(`--page: ${page} is not the page of npm start`);
  return schedules;
}

/** The one that a person means, by its name or the end of it. @throws UserError when it is none, or could be several */
function meant(schedules: readonly Schedule[], wanted: string): Schedule {
  const names = schedules.map(({ name }) => name).join(", ") || "none";
  const exact = schedules.find(({ name }) => name === wanted);
  const [first, ...others] = exact ? [exact] : schedules.filter(({ name }) => name.endsWith(`-${wanted}`));
  if (!first) throw new UserError(`there is no schedule ${wanted}; there is ${names}`);
  if (others.length === 0) return first;
  throw new UserError(
    `${wanted} could be ${[first, ...others].map(({ name }) => name).join(" or ")}; name one of them`,
  );
}

function line({ name, expression, timeZone, target, next: [next] }: Schedule): string {
  const when = next === undefined ? "not any more" : `next ${new Date(next).toLocaleString("sv-SE")}`;
  return `${name}  ${expression} ${timeZone}, calls ${target}, ${when}`;
}

async function fire(page: string, { name, arn, target }: Schedule): Promise<number> {
  const { token } = (await asked(page, "/api/session")) as { readonly token: string };
  const headers = { "content-type": "application/json", "x-page-token": token };
  const body = JSON.stringify({ arn });
  const { result, error } = (await asked(page, "/api/schedules/fire", { method: "POST", headers, body })) as Outcome;
  if (result === "invoked") console.log(`${name} called ${target}`);
  else console.error(`${name}: ${target} did not take it, which is now ${became[result]}: ${error}`);
  return result === "invoked" ? 0 : 1;
}

const became = { "tried again": "tried again", "dead letter": "a dead letter", dropped: "lost" };

void command(usage, { page: { type: "string" } }, async ({ positionals: [wanted, ...more], values }) => {
  const { page = "http://localhost:3900" } = values;
  if (more.length > 0) throw new UserError(usage);
  if (!/^https?:/.test(page) || !URL.canParse(page)) {
    throw new UserError(`--page: must be an address like http://localhost:3900, got ${page}`);
  }
  const schedules = await schedulesOf(page);
  if (wanted !== undefined) return fire(page, meant(schedules, wanted));
  console.log(schedules.map(line).join("\n") || "there is no schedule");
  return 0;
});

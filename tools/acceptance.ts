import { UserError } from "../lib/user-error";
import { providerOf } from "../stack-json/document";
import { Account } from "./acceptance/account/account";
import { type CheckResult, checks, runChecks } from "./acceptance/account/checks";
import { type Behaviours, compare, refusedBy, systemsTried } from "./acceptance/behaviours";
import { byPerson } from "./acceptance/claims";
import type { Address } from "./acceptance/client";
import { type LocalRun, startLocalRun } from "./acceptance/local-run";
import { writeReport } from "./acceptance/report";
import { addressesOf, isRelied } from "./acceptance/target";
import { behavioursInWords, costInWords } from "./acceptance/words";
import { command } from "./command";
import { type NamedStack, namedStack, stackJson } from "./stacks/named-stack";
import { outputsOf } from "./stacks/terraform";

const usage = `npm run acceptance -- <system> [--environment dev] [--url <url> --key <key>] [options]

Asks a deployed system all that it should answer and refuse, asks the same of the local run, and prints both with every
difference. Then it reads from the account, with the caller's credentials, what only AWS can show: logs, metrics, traces,
alarms, archived lines; and writes what it saw to docs/live. It takes away what it made. Over an alarm that it drives to ALARM
and back, e-mails are sent.

  --environment <name>  whose settings: dev, qa, prod (dev)
  --confirm <name>      the same once more, where data is protected
  --url <url>           ask this address, with the stage, and read no account
  --key <key>           with this API key
  --entrance <name>     of several ways in this one alone: dev, qa, prod, distribution
  --wait <seconds>      how long to wait for what AWS shows later (900)
  --every <seconds>     how often to check meanwhile (10)
  --role <arn>          a role that the credentials may assume, to see whether conditions on tags decide
  --report <folder>     where the report goes (docs/live)
  --check <name>        of what only AWS shows this alone; may be repeated
  --seen <name>         what a person has seen, said in the report; may be repeated: ${Object.keys(byPerson).join(", ")}`;

const options = {
  environment: { type: "string", default: "dev" },
  confirm: { type: "string" },
  url: { type: "string" },
  key: { type: "string" },
  entrance: { type: "string" },
  wait: { type: "string", default: "900" },
  every: { type: "string", default: "10" },
  role: { type: "string" },
  report: { type: "string", default: "docs/live" },
  check: { type: "string", multiple: true },
  seen: { type: "string", multiple: true },
} as const;

function seconds(option: string, text: string): number {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new UserError(`${option} must be a number of seconds above 0, got ${text}`);
}

/** Results of checks by a person. @throws UserError when a run makes the check itself, or there is none of that name */
function seen(names: readonly string[]): CheckResult[] {
  return names.map((name) => {
    const words = new Map(Object.entries(byPerson)).get(name);
    if (words === undefined)
      throw new UserError(`--seen must be one of ${Object.keys(byPerson).join(", ")}, got ${name}`);
    return { name, result: "passed", words: `seen by a person: ${words}` };
  });
}

/** The checks to make. @throws UserError when there is none of a name */
function wanted(names: readonly string[] = Object.keys(checks)): readonly string[] {
  const unknown = names.find((name) => !Object.hasOwn(checks, name));
  if (unknown === undefined) return names;
  throw new UserError(`--check must be one of ${Object.keys(checks).join(", ")}, got ${unknown}`);
}

/** Compares each entrance with that of the local run, and prints each. */
async function ask(stack: NamedStack, local: LocalRun, targets: readonly Address[]): Promise<Behaviours[]> {
  const all: Behaviours[] = [];
  for (const target of targets) {
    const same = local.addresses.find(({ name }) => name === target.name);
    if (!same)
      throw new UserError(
        `--entrance must be one of ${local.addresses.map(({ name }) => name).join(", ")}, got ${target.name}`,
      );
    const found = await compare(stack.system, target, same);
    console.log(behavioursInWords(found));
    all.push(found);
  }
  return all;
}

const isRight = ({ rows, left }: Behaviours): boolean =>
  left.length === 0 && rows.every(({ problems }) => problems.length === 0);

void command(usage, options, async ({ positionals: [system = ""], values }) => {
  if (!systemsTried.includes(system)) {
    throw new UserError(`system: must be one of ${systemsTried.join(", ")}, got ${system || "none"}; name one`);
  }
  const { environment, url, key, entrance } = values;
  if ((url === undefined) !== (key === undefined))
    throw new UserError("--url and --key must come together, got one of them");
  const stack = namedStack(`${system}-${environment}`);
  const patience = { seconds: seconds("--wait", values.wait), everySeconds: seconds("--every", values.every) };
  const only = wanted(values.check);
  const saidByPerson = seen(values.seen ?? []);
  const json = stackJson(stack);
  if (isRelied(json) && values.confirm !== environment) {
    throw new UserError(
      `${stack.name}: its data is protected, so that people rely on it; say so twice: --environment ${environment} --confirm ${environment}`,
    );
  }
  const { region, accounts } = providerOf(json);
  const account = url === undefined ? new Account(region, patience) : undefined;
  const caller = await account?.caller(accounts);
  const outputs = account ? outputsOf(stack) : {};
  const local = await startLocalRun(system, environment);
  try {
    const first = entrance ?? local.addresses[0]?.name ?? environment;
    const known = account
      ? await addressesOf(outputs, account, first)
      : [{ name: first, url: (url ?? "").replace(/\/$/, ""), key: key ?? "" }];
    const targets = known.filter(({ name }) => entrance === undefined || name === entrance);
    console.log(costInWords(targets.length, account !== undefined));
    const at = new Date();
    const behaviours = await ask(stack, local, targets);
    const [address] = targets;
    if (!account || !caller || !address) return behaviours.every(isRight) ? 0 : 1;
    const deployed = {
      stack: stack.name,
      json,
      outputs,
      account,
      since: at,
      behaviours,
      address,
      role: values.role,
      refused: refusedBy(system),
    };
    const checkResults = await runChecks(
      deployed,
      ({ name, result, words }) => console.log(`${name}: ${result}: ${words}`),
      only,
    );
    const report = writeReport(values.report, {
      stack: stack.name,
      region,
      caller,
      results: [...checkResults, ...saidByPerson],
      behaviours,
      at,
    });
    console.log(`written to ${report}; npm test says which lines of the README it answers`);
    return behaviours.every(isRight) && checkResults.every(({ result }) => result !== "failed") ? 0 : 1;
  } finally {
    await local.stop();
  }
});

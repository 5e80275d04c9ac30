import { existsSync, readdirSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { hostsIn, portIn, readCommandLine } from "../../../lib/command-line";
import { UserError } from "../../../lib/user-error";

/** The port of the page. */
export interface PagePort {
  readonly port: number;
  /** Whether another does when it is taken: nobody asked for this one. */
  readonly orAny: boolean;
}

/** Options of the command. */
export interface Options {
  /** With `from`, stacks by their names: none means each that has functions. */
  readonly systems: readonly string[];
  /** Of the first system; the others follow. 0 takes any that is free. */
  readonly port: number;
  /** Of what AWS's own tools ask. 0 takes any that is free. */
  readonly servicesPort: number;
  /** A folder with stacks that were synthesized before or elsewhere; without one, the project is synthesized. */
  readonly from?: string;
  readonly environment: string;
  readonly data: string;
  readonly fresh: boolean;
  readonly json: boolean;
  /** Names besides those of this machine and of the stacks by which the systems may be asked, in lower case. */
  readonly hosts: readonly string[];
  /** Whether each right is listed in the end that was granted and not used. */
  readonly grants: boolean;
  /** Port of the page; undefined when there is none. */
  readonly page: PagePort | undefined;
  /** Speed of the clock of schedules, metrics and alarms, as a multiple. */
  readonly speed: number;
  /** Port for debuggers; undefined where none may attach. */
  readonly inspect?: number;
  /** Limit of the memory of all functions' environments together, in MB. */
  readonly memoryMb: number;
  readonly help: boolean;
}

export const help = `Usage: npm start -- [systems…] [options]

Synthesizes systems and runs them on this machine: the gateway, the functions, their roles and the services they call.
Without a name it is records, or the first that there is; with --from, each stack in the folder that has functions.

  --port <number>       port of the first system, the others follow (3000; 0 for any)
  --services-port <number>
                        port for AWS's own tools, the same at each start (any)
  --page-port <number>  port of the page that shows what happens (3900, or any when that is taken)
  --no-page             no page, and nothing kept for it: alarms and dashboards are left out, too
  --speed <number>      how much faster the clock of schedules, alarms and dashboards runs, for trying them (1)
  --environment <name>  whose settings: dev, qa, prod (dev)
  --memory <MB>         what all environments of functions together may take (1024); more of them are not started
  --from <folder>       run what was synthesized before or elsewhere: a folder with cdk.tf.json, or an output folder of
                        several stacks, which are called by their names then; nothing is synthesized or watched
  --data <folder>       where tables, buckets and secrets are kept (.local)
  --fresh               forget what is kept there
  --inspect[=<port>]    let a debugger attach and stop in the sources (9229): while it stops a function, time limits wait
  --allow-host <name>   answer to this host name, too, of a tunnel or a hosts file for example; may be repeated
  --json                one line of JSON for each event
  --grants              list each granted right in the end that was not used
  --help                this text

While it runs, a saved handler is in use at the next request, a saved contract or stack two seconds later.
TF_VAR_<name> sets a Terraform variable; sensitive ones that are not set are made up and kept.
`;

const options = {
  port: { type: "string", default: "3000" },
  "services-port": { type: "string", default: "0" },
  "page-port": { type: "string" },
  "no-page": { type: "boolean", default: false },
  speed: { type: "string", default: "1" },
  memory: { type: "string", default: "1024" },
  from: { type: "string" },
  inspect: { type: "string" },
  environment: { type: "string" },
  data: { type: "string", default: ".local" },
  fresh: { type: "boolean", default: false },
  "allow-host": { type: "string", multiple: true },
  json: { type: "boolean", default: false },
  grants: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** @throws UserError when it is a folder in which something else would be taken for what the runner keeps */
function dataIn(text: string, root: string): string {
  const data = resolve(root, text);
  const holdsProject = text === "" || relative(data, root).split(sep)[0] !== "..";
  if (!holdsProject) return data;
  throw new UserError(
    `--data must be a folder of its own, got ${text === "" ? "nothing" : text}, which contains the project`,
  );
}

/** The page's own port, unless another is asked for. */
const PAGE_PORT = "3900";

function speedIn(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UserError(`--speed must be a number 1–9999, got ${text}`);
}

function pageIn(port: string | undefined, none: boolean): PagePort | undefined {
  if (none && port !== undefined) {
    throw new UserError("--no-page leaves the page out, and --page-port says where it is; leave one out");
  }
  if (none) return undefined;
  return { port: portIn("--page-port", port ?? PAGE_PORT), orAny: port === undefined };
}

function memoryIn(text: string): number {
  if (/^[1-9]\d{1,6}$/.test(text)) return Number(text);
  throw new UserError(`--memory must be a number of MB, 10–9999999, got ${text}`);
}

/** The port that debuggers try by default. */
const INSPECTOR_PORT = 9229;

/** As Node.js has it: the port may be left out. */
const withInspectorPort = (args: readonly string[]): readonly string[] =>
  args.map((arg) => (arg === "--inspect" ? `--inspect=${INSPECTOR_PORT}` : arg));

/** What runs where nobody names anything: records, or where that is gone, the first system in the alphabet. */
function firstSystem(root: string): string {
  const folder = join(root, "stacks");
  if (!existsSync(folder)) return "records";
  const files = readdirSync(folder).sort();
  const systems = files
    .flatMap((file) => /^(.+)-stack\.ts$/.exec(file)?.[1] ?? [])
    .filter((name) => name !== "account");
  const [first] = systems;
  if (first === undefined) throw new UserError("there is no system to run; npm run new -- shop makes one");
  return systems.includes("records") ? "records" : first;
}

/** @throws UserError naming what is wrong */
export function readOptions(args: readonly string[], root: string): Options {
  const { values, positionals } = readCommandLine(withInspectorPort(args), options);
  const port = portIn("--port", values.port);
  const servicesPort = portIn("--services-port", values["services-port"]);
  const page = pageIn(values["page-port"], values["no-page"]);
  const speed = speedIn(values.speed);
  const inspect = values.inspect === undefined ? {} : { inspect: portIn("--inspect", values.inspect) };
  const { from, environment = process.env["ENVIRONMENT"] ?? "dev" } = values;
  if (from !== undefined && values.environment !== undefined) {
    throw new UserError("--environment says what to synthesize, and --from runs what was synthesized; leave one out");
  }
  // The names of stacks are their authors' own.
  const wrong = from === undefined && [...positionals, environment].find((name) => !/^[a-z][a-z0-9-]*$/.test(name));
  if (typeof wrong === "string") throw new UserError(`"${wrong}" is no name of a system or environment`);
  const hosts = hostsIn("--allow-host", values["allow-host"]);
  const { fresh, json, grants, help: wantsHelp } = values;
  const areNamed = positionals.length > 0 || from !== undefined || wantsHelp;
  const systems = areNamed ? [...new Set(positionals)] : [firstSystem(root)];
  const data = dataIn(values.data, root);
  const last = port + Math.max(systems.length, 1) - 1;
  if (servicesPort > 0 && port > 0 && servicesPort >= port && servicesPort <= last) {
    throw new UserError(`--services-port ${servicesPort} is the port of a system, too; choose another`);
  }
  if (page && !page.orAny && page.port > 0 && port > 0 && page.port >= port && page.port <= last) {
    throw new UserError(`--page-port ${page.port} is the port of a system, too; choose another`);
  }
  const folders = { data, ...(from === undefined ? {} : { from: resolve(root, from) }) };
  return {
    systems,
    port,
    servicesPort,
    environment,
    fresh,
    json,
    hosts,
    grants,
    page,
    speed,
    memoryMb: memoryIn(values.memory),
    help: wantsHelp,
    ...inspect,
    ...folders,
  };
}

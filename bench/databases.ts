import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Figures = Readonly<Record<"GetItem" | "PutItem", number>>;

/** A DynamoDB that answers on this machine. */
export interface DatabaseServer {
  readonly name: string;
  readonly url: string;
  /** The bars: requests a second as multiples of the other's. */
  readonly bars: Figures;
  /** Figures on the machine where the bars were set. */
  readonly there: Figures;
}

const folder = join(tmpdir(), "terrace-bench-databases");
const place = (name: string): string => join(folder, name);

/** Both are installed outside of the project, which does not need them. */
function installDynalite(): string {
  const path = place("dynalite");
  if (!existsSync(join(path, "node_modules/dynalite"))) {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "package.json"), '{"private":true}');
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "dynalite@4.0.0"], { cwd: path, stdio: "ignore" });
  }
  return path;
}

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>bench</groupId><artifactId>bench</artifactId><version>1</version><dependencies><dependency>
<groupId>com.amazonaws</groupId><artifactId>DynamoDBLocal</artifactId><version>2.6.1</version>
</dependency></dependencies></project>`;

function installDynamoDbLocal(): string {
  const path = place("dynamodb-local");
  if (!existsSync(join(path, "lib"))) {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "pom.xml"), pom);
    const copy = ["-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"];
    execFileSync("mvn", copy, { cwd: path, stdio: "ignore" });
  }
  return path;
}

const ports = { ours: 3921, dynalite: 3922, "DynamoDB Local": 3923 };
const urlOf = (name: keyof typeof ports): string => `http://127.0.0.1:${ports[name]}/`;

async function answers(url: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}

/** Starts ours, which writes to a log, dynalite and DynamoDB Local, which keep what they have in memory. */
export async function startDatabases(): Promise<{ readonly servers: readonly DatabaseServer[]; stop(): void }> {
  const data = place("data");
  rmSync(data, { recursive: true, force: true });
  const [dynalite, local] = [installDynalite(), installDynamoDbLocal()];
  const start = (command: string, args: readonly string[], cwd?: string): ChildProcess => {
    const child = spawn(command, args, { stdio: "ignore", ...(cwd === undefined ? {} : { cwd }) });
    process.once("exit", () => child.kill("SIGKILL"));
    return child;
  };
  const ours = ["run.js", "local/services/dynamodb/main.ts", "--port", String(ports.ours), "--data", data];
  const options = ["--port", String(ports.dynalite), "--createTableMs", "0"];
  const java = ["-Djava.library.path=lib", "-cp", "lib/*", "com.amazonaws.services.dynamodbv2.local.main.ServerRunner"];
  const children = [
    start(process.execPath, ours),
    start(process.execPath, ["node_modules/dynalite/cli.js", ...options], dynalite),
    start("java", [...java, "-inMemory", "-port", String(ports["DynamoDB Local"]), "-disableTelemetry"], local),
  ];
  const servers: readonly DatabaseServer[] = [
    { name: "ours", url: urlOf("ours"), bars: { GetItem: 1, PutItem: 1 }, there: { GetItem: 0, PutItem: 0 } },
    {
      name: "dynalite",
      url: urlOf("dynalite"),
      bars: { GetItem: 1.4, PutItem: 1.5 },
      there: { GetItem: 21_600, PutItem: 17_400 },
    },
    {
      name: "DynamoDB Local",
      url: urlOf("DynamoDB Local"),
      bars: { GetItem: 2, PutItem: 2 },
      there: { GetItem: 15_500, PutItem: 5900 },
    },
  ];
  for (const { url } of servers) await answers(url);
  const stop = (): void => {
    for (const child of children) child.kill("SIGKILL");
  };
  return { servers, stop };
}

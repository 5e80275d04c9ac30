import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const port = 3911;
const folder = join(tmpdir(), "terrace-bench-serverless-offline");

const service = {
  service: "hello",
  provider: {
    name: "aws",
    runtime: "nodejs20.x",
    region: "us-east-1",
    environment: { ENVIRONMENT: "dev", POWERTOOLS_SERVICE_NAME: "hello" },
  },
  plugins: ["serverless-offline"],
  custom: { "serverless-offline": { httpPort: port, lambdaPort: port + 1, noPrependStageInUrl: true } },
  functions: { hello: { handler: "index.handler", events: [{ http: { method: "get", path: "hello" } }] } },
};

/** Starts serverless-offline, on osls, with the same handler. Installed outside of the project: it weighs 136 MB. */
export function startServerlessOffline(code: Uint8Array): { child: ChildProcess; url: string } {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, "node_modules/serverless-offline"))) {
    writeFileSync(join(folder, "package.json"), '{"private":true}');
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "osls@4.3.1", "serverless-offline@14.8.2"], {
      cwd: folder,
      stdio: "ignore",
    });
  }
  writeFileSync(join(folder, "index.mjs"), code);
  writeFileSync(join(folder, "serverless.json"), JSON.stringify(service));
  const child = spawn("node_modules/.bin/osls", ["offline"], {
    cwd: folder,
    stdio: "ignore",
    detached: true,
    env: { ...process.env, SLS_TELEMETRY_DISABLED: "1", SLS_NOTIFICATIONS_MODE: "off" },
  });
  process.once("exit", () => child.kill("SIGKILL"));
  return { child, url: `http://localhost:${port}/hello` };
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { temporaryFolder } from "../local/support/stack-file";
import { clientOf } from "../support/dynamodb";

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

function run(...options: string[]) {
  const child = spawn(process.execPath, ["run.js", "local/services/dynamodb/main.ts", ...options]);
  running.add(child);
  const output = { out: "", error: "" };
  child.stdout.on("data", (data) => (output.out += data));
  child.stderr.on("data", (data) => (output.error += data));
  const ended = once(child, "close").then(([status, signal]) => {
    running.delete(child);
    return { status, signal, ...output };
  });
  return { child, output, ended };
}

/** Starts it on any port, and waits until it says which. */
async function start(...options: string[]) {
  const started = run("--port", "0", ...options);
  for await (const _ of started.child.stdout) if (started.output.out.includes("\n")) break;
  const [url = ""] = /http:\/\/\S+/.exec(started.output.out) ?? [];
  return { ...started, url };
}

test("tables and items that were acknowledged are there after it was killed, and nobody else may use their folder", async () => {
  const folder = temporaryFolder();
  const first = await start("--data", folder);
  const client = clientOf(first.url);
  await client.send(
    new CreateTableCommand({
      TableName: "things",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  await client.send(new PutCommand({ TableName: "things", Item: { id: "a" } }));
  client.destroy();
  const second = await run("--port", "0", "--data", folder).ended;
  expect(second).toMatchObject({ status: 1, error: expect.stringContaining(join(folder, "lock")) });
  first.child.kill("SIGKILL");
  await first.ended;
  const again = await start("--data", folder);
  const other = clientOf(again.url);
  expect((await other.send(new GetCommand({ TableName: "things", Key: { id: "a" } }))).Item).toEqual({ id: "a" });
  other.destroy();
  again.child.kill("SIGTERM");
  expect(await again.ended).toMatchObject({ status: 0, error: "" });
});

test("a port that is taken, and what is no option, is said in one line", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect(await run("--port", String(port)).ended).toMatchObject({
    status: 1,
    error: `port ${port} of DynamoDB is in use: another local run or another program has it (lsof -i :${port} names it); stop that, or choose another with --port\n`,
  });
  server.close();
  expect(await run("--port", "x").ended).toMatchObject({
    status: 1,
    error: "--port must be a number 0–65535, got x\n",
  });
  expect(await run("--table").ended).toMatchObject({
    status: 1,
    error: "Unknown option '--table'; --help lists the options\n",
  });
  expect(await run("--help").ended).toMatchObject({ status: 0, out: expect.stringContaining("--data <folder>") });
});

/** Asks as a page of another site does, whose name has been led to this machine. */
const askAs = (url: string, host: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    const headers = { host, authorization: "any", "x-amz-target": "DynamoDB_20120810.ListTables" };
    request(url, { method: "POST", headers }, (response) => resolve(response.resume().statusCode))
      .once("error", reject)
      .end("{}");
  });

test("it answers to this machine's own names and to those that are allowed, and says which name was refused", async () => {
  const { url, child, ended } = await start("--allow-host", "Database");
  for (const host of ["localhost:1", "127.0.0.1", "[::1]", "database:8000"]) expect(await askAs(url, host)).toBe(200);
  expect(await askAs(url, "rebound.example")).toBe(403);
  child.kill("SIGTERM");
  expect((await ended).error).toBe(
    'a request for the host "rebound.example" was refused; --allow-host rebound.example lets such in\n',
  );
});

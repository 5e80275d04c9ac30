import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import type { ProjectCopy } from "./copy";
import { floorRows } from "./floor";
import { type Load, load } from "./load";
import { pageRows } from "./page";
import { benchProject } from "./project";
import { memoryMb, pause, type Runner, type System, startRunner, stop, systemOf } from "./runner";
import { startServerlessOffline } from "./serverless-offline";
import { atMost, median, print, type Row, yardstick } from "./table";

/** Asks until the answer is as wanted. */
async function until(url: string, wanted: (status: number, body: string) => boolean, headers = {}): Promise<void> {
  for (let attempt = 0; attempt < 2000; attempt += 1) {
    const answered = await fetch(url, { headers }).then(
      async (response) => wanted(response.status, await response.text()),
      () => false,
    );
    if (answered) return;
    await pause(10);
  }
  throw new Error(`${url} never answered as expected`);
}

async function firstAnswers(folder: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const started = performance.now();
    const runner = await startRunner(folder, "records");
    const { url, apiKey } = systemOf(runner, "records");
    const { status } = await fetch(`${url}/records?source=s`, { headers: { "x-api-key": apiKey } });
    if (status !== 200) throw new Error(`answered ${status}`);
    times.push(performance.now() - started);
    await stop(runner);
  }
  return median(times);
}

/** A handler saved, until it answers. */
async function handlerReloads(project: ProjectCopy, url: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    project.edit("handlers/hello/get-hello.ts", (text) => text.replace(/message: ".*?"/, `message: "${round}"`));
    const saved = performance.now();
    await until(url, (_, body) => body.includes(`"${round}"`));
    times.push(performance.now() - saved);
    await pause(500);
  }
  return median(times);
}

/** A contract saved, until the gateway applies it. */
async function contractReloads(project: ProjectCopy, { url, apiKey }: System): Promise<number> {
  const times: number[] = [];
  for (const [from, to, status] of [
    ["100", "50", 400],
    ["50", "100", 200],
    ["100", "50", 400],
    ["50", "100", 200],
  ]) {
    project.edit("contracts/records.ts", (text) => text.replace(`integerText(1, ${from})`, `integerText(1, ${to})`));
    const saved = performance.now();
    await until(`${url}/records?source=s&limit=70`, (answered) => answered === status, { "x-api-key": apiKey });
    times.push(performance.now() - saved);
    await pause(500);
  }
  return median(times);
}

interface Sides {
  readonly ours: { readonly one: Load; readonly ten: Load };
  readonly theirs: { readonly one: Load; readonly ten: Load };
}

const throttlePause = () => pause(1500);

async function trivial(url: string, requests: number): Promise<Sides["ours"]> {
  await load(url, 500, { connections: 10 });
  await throttlePause();
  const one = await load(url, requests);
  await throttlePause();
  return { one, ten: await load(url, requests, { connections: 10 }) };
}

function compare({ ours, theirs }: Sides): Row[] {
  return [
    yardstick("serverless-offline: p50, 1 connection", `${theirs.one.p50.toFixed(2)} ms`, "0.34 ms"),
    { what: "ours", measured: `${ours.one.p50.toFixed(2)} ms, ${ours.one.failed} failed` },
    atMost("p50, beside serverless-offline's", ours.one.p50 / theirs.one.p50, [0.6, "×"]),
    yardstick("serverless-offline: 10 connections", `${theirs.ten.perSecond.toFixed(0)} /s`, "5492 /s"),
    { what: "ours", measured: `${ours.ten.perSecond.toFixed(0)} /s, ${ours.ten.failed} failed` },
    atMost("time a request, beside serverless-offline's", theirs.ten.perSecond / ours.ten.perSecond, [0.33, "×"]),
  ];
}

async function getRecord(runner: Runner): Promise<Row[]> {
  const { url, apiKey } = systemOf(runner, "records");
  const headers = { "x-api-key": apiKey, "content-type": "application/json" };
  const body = JSON.stringify({ source: "s", kind: "k", values: [1, 2, 3] });
  const created = (await (await fetch(`${url}/records`, { method: "POST", headers, body })).json()) as {
    recordId: string;
  };
  const place = `${url}/records/${created.recordId}`;
  const idle = memoryMb(runner.child);
  await load(place, 2000, { connections: 16, headers });
  const { perSecond, failed } = await load(place, 5000, { connections: 16, headers });
  await load(place, 93_000, { connections: 16, headers });
  const full = memoryMb(runner.child);
  return [
    atMost("get-record, 16 connections: µs a request", 1e6 / perSecond, [1000, "µs"]),
    atMost("  answers that were no 200", failed, [0, ""]),
    atMost("memory, idle", idle, [250, "MB"]),
    atMost("memory after 100,000 requests", full, [400, "MB"]),
  ];
}

/** Time and memory of `npm start`, beside serverless-offline serving the same handler. */
export async function benchLocal(): Promise<void> {
  const project = benchProject();
  const { folder } = project;
  const first = await firstAnswers(folder);
  const runner = await startRunner(folder, "hello", "records");
  const { url } = systemOf(runner, "hello");
  await until(`${url}/hello`, (status) => status === 200);
  const handlerReload = await handlerReloads(project, `${url}/hello`);
  const contractReload = await contractReloads(project, systemOf(runner, "records"));
  const { "index.mjs": code = new Uint8Array() } = unzipSync(
    readFileSync(join(folder, ".local/cdktf.out/stacks/hello-dev/functions/get-hello.zip")),
  );
  const other = startServerlessOffline(code);
  await until(other.url, (status) => status === 200);
  const sides = { ours: await trivial(`${url}/hello`, 5000), theirs: await trivial(other.url, 5000) };
  process.kill(-(other.child.pid ?? 0), "SIGKILL");
  const nearFloor = await floorRows(`${url}/hello`);
  const rows = await getRecord(runner);
  await stop(runner);
  const ofPage = await pageRows(folder);
  rmSync(folder, { recursive: true });
  print("npm start", [
    atMost("command to first 200 (median of 5)", first / 1000, [1, "s"]),
    atMost("handler saved to new answer (median of 5)", handlerReload / 1000, [0.5, "s"]),
    atMost("contract saved to new answer (median of 4)", contractReload / 1000, [1, "s"]),
    ...compare(sides),
    ...nearFloor,
    ...rows,
    ...ofPage,
  ]);
}

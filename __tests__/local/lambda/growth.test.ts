import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Growth, type GrowthOptions } from "../../../local/lambda/growth";
import type { LambdaFunction } from "../../../local/lambda/lambda-function";
import { steadyNow } from "../../../local/lib/clock";
import { until } from "../../support/eventually";
import { functionOf, parsed, stopFunctions } from "../support/functions";
import { temporaryFolder } from "../support/stack-file";

const growths: Growth[] = [];
afterAll(async () => {
  for (const growth of growths) growth.stop();
  await stopFunctions();
});

const MB = 1024 * 1024;

/** Functions of these sources, and what gives them environments. */
async function functionsOf(sources: readonly string[], changes: Partial<GrowthOptions> = {}, tmp = temporaryFolder()) {
  const functions: LambdaFunction[] = [];
  const options = { functions: () => functions, cores: 1, memoryBytes: 100_000 * MB, now: steadyNow, ...changes };
  const growth = new Growth(options);
  growths.push(growth);
  const mayStart = (fn: LambdaFunction) => growth.mayStart(fn);
  for (const source of sources) functions.push((await functionOf(source, {}, { mayStart }, { tmp })).fn);
  return { functions, growth, options };
}

/** A minute on, what waits has waited for long. */
const inAMinute = (): number => steadyNow() + 60_000;

/** A folder in which calls say that they have begun, and are told to end. */
function meeting() {
  const folder = temporaryFolder();
  const prelude = `import { existsSync, readdirSync, writeFileSync } from "node:fs";
    import { threadId } from "node:worker_threads";
    import { setTimeout as pause } from "node:timers/promises";
    const begin = () => writeFileSync("/tmp/call-" + threadId, "");
    const begun = () => readdirSync("/tmp").filter((name) => name.startsWith("call-")).length;
    const isOver = () => existsSync("/tmp/end");`;
  return { folder, prelude, end: () => writeFileSync(join(folder, "end"), "") };
}

test("calls that only wait get an environment each, many more than there are cores", async () => {
  const { folder, prelude } = meeting();
  const source = `${prelude} export const handler = async () => { begin(); while (begun() < 12) await pause(1); return threadId; };`;
  const { functions } = await functionsOf([source], {}, folder);
  const [fn] = functions as [LambdaFunction];
  const answers = await Promise.all(Array.from({ length: 12 }, () => fn.invoke("{}")));
  expect(new Set(answers.map(({ payload }) => payload)).size).toBe(12);
});

test("calls that compute get no more than the cores can work on, and the rest waits", async () => {
  const { folder, prelude, end } = meeting();
  const source = `${prelude} export const handler = async () => { begin(); process.stdout.write("x"); while (!isOver()); return threadId; };`;
  const { functions, growth } = await functionsOf([source], {}, folder);
  const [fn] = functions as [LambdaFunction];
  const calls = Array.from({ length: 6 }, () => fn.invoke("{}"));
  await until(
    async () => fn.all.filter(({ state }) => state === "busy").length,
    (busy) => busy === 2,
  );
  for (let looks = 0; looks < 20; looks += 1) {
    growth.look(inAMinute());
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect([fn.size, fn.needed]).toEqual([2, 4]);
  end();
  expect(new Set((await Promise.all(calls)).map(({ payload }) => payload)).size).toBe(2);
});

const waits = (prelude: string): string =>
  `${prelude} export const handler = async () => { begin(); while (!isOver()) await pause(1); return threadId; };`;

test("where there is no memory for one more, the idle environment that has waited longest ends, of whatever function", async () => {
  const idle = `export const handler = async () => 1;`;
  const { functions, options } = await functionsOf([idle, idle, idle], { now: inAMinute });
  const [first, second, third] = functions as [LambdaFunction, LambdaFunction, LambdaFunction];
  await second.invoke("{}");
  await first.invoke("{}");
  options.memoryBytes = first.environmentBytes + third.environmentBytes;
  const call = third.invoke("{}");
  expect([first.size, second.size, third.size]).toEqual([1, 0, 1]);
  await call;
});

test("what has just been used is not ended for one more", async () => {
  const idle = `export const handler = async () => 1;`;
  const { functions, options } = await functionsOf([idle, idle], { now: () => 0 });
  const [first, second] = functions as [LambdaFunction, LambdaFunction];
  await first.invoke("{}");
  options.memoryBytes = 0;
  await second.invoke("{}");
  expect([first.size, second.size]).toEqual([1, 1]);
});

test("a function gets its first environment whatever there is, and its calls wait for it", async () => {
  const { functions } = await functionsOf([`export const handler = async () => 1;`], { memoryBytes: 0 });
  const [fn] = functions as [LambdaFunction];
  await Promise.all([fn.invoke("{}"), fn.invoke("{}"), fn.invoke("{}")]);
  expect(fn.size).toBe(1);
});

test("what waits for memory as long as the function may run is throttled, and what has waited less is not", async () => {
  const { folder, prelude, end } = meeting();
  const { functions, growth } = await functionsOf([waits(prelude)], { memoryBytes: 0, now: () => 0 }, folder);
  const [fn] = functions as [LambdaFunction];
  const [first, second] = [fn.invoke("{}"), fn.invoke("{}")];
  const since = fn.waitingSince ?? Number.NaN;
  growth.look(since + 3_000);
  expect(fn.needed).toBe(1);
  growth.look(since + 3_001);
  expect(await second).toEqual({ payload: "", throttled: "memory" });
  expect(fn.needed).toBe(0);
  end();
  expect(parsed(await first)).toEqual(expect.any(Number));
});

test("an environment that nobody needs ends, the last one too, and the next call gets a new one", async () => {
  const { functions, growth } = await functionsOf([`let n = 0; export const handler = async () => ++n;`]);
  const [fn] = functions as [LambdaFunction];
  await fn.invoke("{}");
  growth.endIdle(0);
  expect(await fn.invoke("{}")).toMatchObject({ payload: "2" });
  growth.endIdle(Number.POSITIVE_INFINITY);
  expect(fn.size).toBe(0);
  expect(await fn.invoke("{}")).toMatchObject({ payload: "1" });
});

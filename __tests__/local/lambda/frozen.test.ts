import { functionOf, parsed, stopFunctions } from "../support/functions";

afterAll(stopFunctions);

/** Another function's timer goes off many times: those of one that is not frozen would, too. */
async function aWhile(): Promise<void> {
  const { fn } = await functionOf(`export const handler = () => new Promise((resolve) => {
    let times = 0;
    const timer = setInterval(() => { if (++times === 30) resolve(clearInterval(timer)); }, 1);
  });`);
  await fn.invoke("{}");
}

/** How often the loop may come round between what the handler returns and the next call of it. */
const MOST_TURNS = 4;

test.each([
  ["timers", "const again = () => { ticks += 1; setTimeout(again, 1); }; again();"],
  ["an interval", "setInterval(() => { ticks += 1; }, 1);"],
  ["immediates", "const again = () => { ticks += 1; setImmediate(again); }; again();"],
  ["promises", "void (async () => { for (;;) { await pause(1); ticks += 1; } })();"],
])("%s stand still from the answer to the next event, and go on with it", async (_what, begun) => {
  const { fn } = await functionOf(`import { setTimeout as pause } from "node:timers/promises"; let ticks = 0;
    export const handler = async (event) => {
      if (event.begin) { ${begun} }
      const before = ticks;
      if (event.more) while (ticks < before + 10) await pause(1);
      return before;
    };`);
  const first = parsed(await fn.invoke('{"begin":true}'));
  await aWhile();
  const second = parsed(await fn.invoke('{"more":true}'));
  expect(second - first).toBeLessThanOrEqual(MOST_TURNS);
  expect(parsed(await fn.invoke("{}"))).toBeGreaterThanOrEqual(second + 10);
});

test("what a module began while it loaded goes on with the first event", async () => {
  const { fn } = await functionOf(`const seen = []; setTimeout(() => seen.push("timer"), 1);
    export const handler = async () => { while (seen.length === 0) await new Promise((resolve) => setImmediate(resolve)); return seen; };`);
  expect(parsed(await fn.invoke("{}"))).toEqual(["timer"]);
});

test("what is due goes on before the next event is handled", async () => {
  const { fn } = await functionOf(`const seen = []; export const handler = async (event) => {
    if (event.begin) setTimeout(() => seen.push("timer"), 5);
    return seen;
  };`);
  await fn.invoke('{"begin":true}');
  await aWhile();
  expect(parsed(await fn.invoke("{}"))).toEqual(["timer"]);
});

test.each([
  [
    "a promise that is rejected",
    `Promise.reject(new Error("late"))`,
    { errorType: "Runtime.UnhandledPromiseRejection", errorMessage: "Error: late" },
  ],
  [
    "an error that is thrown",
    `(() => { throw new RangeError("late"); })()`,
    { errorType: "RangeError", errorMessage: "late" },
  ],
])("%s after the answer ends the environment in the next event, whose log has it", async (_what, late, error) => {
  const { fn, output } = await functionOf(`let n = 0; export const handler = async (event) => {
    let turns = ${MOST_TURNS * 2};
    const wait = () => (turns-- > 0 ? setImmediate(wait) : ${late});
    if (event.begin) wait();
    if (event.wait) await new Promise((resolve) => setTimeout(resolve, 600_000));
    return ++n;
  };`);
  const requestId = "6f6a4f8e-0000-4000-8000-000000000000";
  expect(await fn.invoke('{"begin":true}')).toMatchObject({ payload: "1" });
  await aWhile();
  expect(output).toEqual([]);
  const next = await fn.invoke('{"wait":true}', { requestId });
  expect(next.functionError).toBe("Unhandled");
  expect(parsed(next)).toMatchObject(error);
  expect(JSON.parse(output.join(""))).toMatchObject({ level: "ERROR", requestId, message: { errorMessage: "late" } });
  expect(await fn.invoke("{}")).toMatchObject({ payload: "1" });
});

const never = "new Promise(() => undefined)";
const exit = {
  errorType: "Runtime.ExitError",
  errorMessage: expect.stringMatching(/Runtime exited without providing a reason$/),
};
const nodeJsExit = {
  errorType: "Runtime.NodeJsExit",
  errorMessage: expect.stringContaining("a Promise that was never settled"),
};

test.each([
  ["nodejs24.x", `async () => ${never}`, exit, "1"],
  ["nodejs24.x", `() => ${never}`, exit, "1"],
  ["nodejs22.x", `async () => ${never}`, nodeJsExit, "2"],
  ["nodejs22.x", `() => ${never}`, null, "2"],
])("on %s %s, with nothing pending, ends at once", async (runtime, handler, answer, next) => {
  const { fn } = await functionOf(
    `let n = 0; const pending = ${handler}; export const handler = Object.defineProperty((event) => { n += 1; return event.never ? pending() : Promise.resolve(n); }, "constructor", { value: pending.constructor });`,
    { runtime, timeoutSeconds: 600 },
  );
  expect(parsed(await fn.invoke('{"never":true}'))).toEqual(answer === null ? null : expect.objectContaining(answer));
  expect(await fn.invoke("{}")).toMatchObject({ payload: next });
});

test("a promise that settles after its event was answered for it answers no other", async () => {
  const { fn } = await functionOf(
    `let settle; export const handler = async (event) => {
      if (event.never) return new Promise((resolve) => { settle = resolve; });
      settle("late");
      await new Promise((resolve) => setTimeout(resolve, 1));
      return "own";
    };`,
    { runtime: "nodejs22.x", timeoutSeconds: 600 },
  );
  expect(parsed(await fn.invoke('{"never":true}'))).toMatchObject(nodeJsExit);
  expect(parsed(await fn.invoke("{}"))).toBe("own");
});

test("a module that never finishes loading, with nothing pending, ends at once", async () => {
  const { fn } = await functionOf(`await ${never}; export const handler = async () => 1;`);
  expect(parsed(await fn.invoke("{}"))).toMatchObject(exit);
});

test("a frozen environment ends when it is ended", async () => {
  const { fn } = await functionOf(`setInterval(() => undefined, 1); export const handler = async () => 1;`);
  await fn.invoke("{}");
  await fn.stop();
  expect(fn.size).toBe(0);
});

test("a connection that the other end closed while the environment was frozen is not used again", async () => {
  const { fn } = await functionOf(`import { Agent, createServer, get } from "node:http";
    const agent = new Agent({ keepAlive: true });
    const server = createServer((request, response) => response.end(String(request.socket.remotePort)));
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address();
    const ask = () => new Promise((resolve, reject) => get({ agent, port, host: "127.0.0.1" }, (response) => {
      let text = ""; response.on("data", (chunk) => (text += chunk)).on("end", () => resolve(text));
    }).on("error", reject));
    export const handler = async () => { const answer = await ask(); server.closeIdleConnections(); return answer; };`);
  const first = parsed(await fn.invoke("{}"));
  expect(parsed(await fn.invoke("{}"))).not.toBe(first);
});

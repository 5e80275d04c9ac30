import { Session } from "node:inspector";
import { limitClock, systemClock } from "../../../local/lib/clock";
import { shareStandstill } from "../../../local/lib/standstill";
import { functionOf, parsed, stopFunctions } from "../support/functions";

beforeAll(() => shareStandstill());
afterAll(stopFunctions);

/** A debugger that stops every thread at its `debugger` statements: for so long, or until `goOn` is called. */
function debuggerThatWaits(milliseconds?: number) {
  const session = new Session();
  session.connect();
  let stops = 0;
  let goOn = (): void => undefined;
  session.on("NodeWorker.attachedToWorker", ({ params: { sessionId } }) => {
    const ask = (id: number, method: string) =>
      session.post("NodeWorker.sendMessageToWorker", { sessionId, message: JSON.stringify({ id, method }) });
    ask(1, "Debugger.enable");
    ask(2, "Runtime.runIfWaitingForDebugger");
    session.on("NodeWorker.receivedMessageFromWorker", ({ params: { message, sessionId: from } }) => {
      if (from !== sessionId || JSON.parse(message).method !== "Debugger.paused") return;
      stops += 1;
      goOn = () => ask(3, "Debugger.resume");
      if (milliseconds !== undefined) systemClock.after(milliseconds, goOn);
    });
  });
  session.post("NodeWorker.enable", { waitForDebuggerOnStart: true });
  return { stops: () => stops, goOn: () => goOn(), close: () => session.disconnect() };
}

test("limits wait while a debugger has stopped a function: its own, of its timers, signals and connections", async () => {
  const attached = debuggerThatWaits(1500);
  const startEnvironmentClock = { clock: limitClock };
  const { fn } = await functionOf(
    `import { createServer, connect } from "node:net";
    import { setTimeout as pause } from "node:timers/promises";
    export const handler = async (event, context) => {
      const seen = [];
      setTimeout(() => seen.push("timer"), 300);
      void pause(300).then(() => seen.push("pause"));
      const signal = AbortSignal.timeout(300);
      signal.addEventListener("abort", () => seen.push(signal.reason.name));
      const server = createServer(() => undefined).listen(0, "127.0.0.1");
      await new Promise((resolve) => server.once("listening", resolve));
      const socket = connect(server.address().port, "127.0.0.1").setTimeout(300, () => seen.push("socket"));
      await new Promise((resolve) => socket.once("connect", resolve));
      const before = context.getRemainingTimeInMillis();
      debugger;
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      const meanwhile = [...seen];
      const passed = before - context.getRemainingTimeInMillis();
      while (seen.length < 4) await pause(1);
      socket.destroy();
      server.close();
      return { meanwhile, seen: seen.sort(), stoodStill: passed < 700 };
    };`,
    { timeoutSeconds: 1 },
    {},
    startEnvironmentClock,
  );
  expect(parsed(await fn.invoke("{}"))).toEqual({
    meanwhile: [],
    seen: ["TimeoutError", "pause", "socket", "timer"],
    stoodStill: true,
  });
  expect(attached.stops()).toBe(1);
  attached.close();
});

test("time goes on when a thread ends while it is stopped", async () => {
  const attached = debuggerThatWaits();
  const { fn } = await functionOf(`export const handler = async () => { debugger; };`, {}, {}, { clock: limitClock });
  const call = fn.invoke("{}");
  await new Promise<void>((resolve) => {
    const look = () => (attached.stops() > 0 ? resolve() : systemClock.after(5, look));
    look();
  });
  await fn.stop();
  expect(parsed(await call).errorType).toBe("Runtime.ExitError");
  await new Promise<void>((resolve) => limitClock.after(1, resolve));
  attached.goOn();
  attached.close();
});

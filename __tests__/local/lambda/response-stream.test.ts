import { functionOf, parsed, stopFunctions } from "../support/functions";

afterAll(stopFunctions);

const runtimes = ["nodejs20.x", "nodejs24.x"];
const streaming = (body: string): string => `
  import { setTimeout } from "node:timers/promises";
  export const handler = awslambda.streamifyResponse(async (event, stream, context) => { ${body} });`;

/** Calls a function, and keeps what it streams, piece by piece. */
async function streamed(source: string, runtime = "nodejs24.x", payload = "{}") {
  const pieces: string[] = [];
  const { fn } = await functionOf(source, { runtime });
  const result = await fn.invoke(payload, {
    onPiece: (bytes) => void pieces.push(Buffer.from(bytes).toString("latin1")),
  });
  return { pieces, result };
}

test.each(runtimes)("%s: pieces come as they are written, each at once", async (runtime) => {
  const source = streaming(`
    stream.write("first");
    while (!process.env.GO) { await setTimeout(1); process.env.GO = event.go; }
    stream.write(Buffer.from([0, 255]));
    stream.end("last");`);
  const { pieces, result } = await streamed(source, runtime, '{"go":"1"}');
  expect(pieces).toEqual(["first", "\u0000ÿ", "last"]);
  expect([result.payload, result.functionError]).toEqual(["", undefined]);
});

test("a piece is there while the function still works on the next", async () => {
  const { fn } = await functionOf(
    streaming(`stream.write("first"); await new Promise(() => setInterval(() => {}, 1000));`),
  );
  const first = await new Promise<string>((resolve) => {
    void fn.invoke("{}", { onPiece: (bytes) => resolve(Buffer.from(bytes).toString()) });
  });
  expect(first).toBe("first");
});

test("metadata come before the first piece, with eight bytes of zero behind them, and not alone", async () => {
  const from = `const body = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });`;
  const { pieces } = await streamed(streaming(`${from} body.write("a"); body.write("b"); body.end();`));
  expect(pieces.join("")).toBe(`{"statusCode":201}${"\u0000".repeat(8)}ab`);
  const empty = await streamed(streaming(`${from} body.end();`));
  expect(empty.pieces).toEqual([]);
});

test("who does not take the pieces gets all of them as the payload", async () => {
  const { fn } = await functionOf(streaming(`stream.write("a"); stream.end("é");`));
  expect(await fn.invoke("{}")).toMatchObject({ payload: "aé" });
  expect(await fn.invoke("{}")).toMatchObject({ payload: "aé" });
});

test.each(runtimes)("%s: what is thrown is the function's error, also after pieces", async (runtime) => {
  const early = await streamed(streaming(`throw new RangeError("early");`), runtime);
  expect([early.pieces, parsed(early.result)]).toMatchObject([[], { errorType: "RangeError", errorMessage: "early" }]);
  const late = await streamed(streaming(`stream.write("a"); await setTimeout(1); throw new Error("late");`), runtime);
  expect([late.pieces, late.result.functionError]).toEqual([["a"], "Unhandled"]);
  const broken = await streamed(streaming(`stream.destroy(new Error("broken")); `), runtime);
  expect(parsed(broken.result)).toMatchObject({ errorMessage: "broken" });
});

test("a stream that is never ended lasts until the function's time is over", async () => {
  const { fn, limits } = await functionOf(streaming(`stream.write("a"); setInterval(() => {}, 1000);`));
  const result = fn.invoke("{}", { onPiece: () => limits.at(-1)?.end() });
  expect(parsed(await result)).toMatchObject({ errorType: "Sandbox.Timedout" });
});

/** Writes pieces of 64 KB as streams of Node.js do, each when there is room for it. */
const pieces = `
  import { once } from "node:events";
  ${streaming(`
    for (let at = 0; at < event.pieces; at += 1) {
      if (!stream.write(Buffer.alloc(65536))) await once(stream, "drain");
    }
    stream.end();`)}`;

test("a function waits for a client that takes nothing, once 1 MB is on its way", async () => {
  const { fn, limits } = await functionOf(pieces);
  let bytes = 0;
  const result = await fn.invoke('{"pieces":48}', {
    onPiece: async (piece) => {
      bytes += piece.length;
      if (bytes >= 1024 * 1024) limits.at(-1)?.end();
      await new Promise(() => undefined);
    },
  });
  expect([bytes, parsed(result).errorType]).toEqual([1024 * 1024, "Sandbox.Timedout"]);
});

test("it goes on as its pieces are taken, and its next call waits for nothing of this one", async () => {
  const { fn } = await functionOf(pieces);
  let bytes = 0;
  await fn.invoke('{"pieces":48}', {
    onPiece: async (piece) => {
      bytes += piece.length;
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
  expect(bytes).toBe(48 * 65536);
  const neverTaken = { onPiece: () => new Promise<void>(() => undefined) };
  for (const call of [1, 2, 3]) {
    const { functionError } = await fn.invoke('{"pieces":15}', neverTaken);
    expect([call, functionError]).toEqual([call, undefined]);
  }
});

test("what does not stream is answered as a whole", async () => {
  const { pieces, result } = await streamed(`export const handler = async () => ({ a: 1 });`);
  expect([pieces, result.payload]).toEqual([[], '{"a":1}']);
});

test("the environment is good for the next call", async () => {
  const { fn } = await functionOf(`let n = 0; ${streaming(`stream.end(String(++n));`)}`);
  expect([(await fn.invoke("{}")).payload, (await fn.invoke("{}")).payload]).toEqual(["1", "2"]);
});

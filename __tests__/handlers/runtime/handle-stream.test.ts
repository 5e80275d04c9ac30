import "../../support/handler-environment";
import { Readable, Writable } from "node:stream";
import type { Context } from "aws-lambda";
import * as z from "zod/mini";
import type { Route } from "../../../contracts/api";
import { integerText, onDemand } from "../../../contracts/fields";
import { binaryStream, textStream } from "../../../contracts/streams";
import { Conflict, NotFound } from "../../../handlers/runtime/errors";
import { handle } from "../../../handlers/runtime/handle";
import type * as runtime from "../../../handlers/runtime/handle-stream";
import { reply } from "../../../handlers/runtime/response";
import { proxyEvent } from "../../support/proxy-event";

// The logger writes by this process's console, not by one of its own.
process.env["POWERTOOLS_DEV"] = "true";
const { handleStream } = jest.requireActual<typeof runtime>("../../../handlers/runtime/handle-stream");

const written: string[] = [];
beforeEach(() => {
  written.length = 0;
  const write = (line: unknown) => void written.push(String(line));
  jest.spyOn(console, "error").mockImplementation(write);
  jest.spyOn(console, "warn").mockImplementation(write);
  jest.spyOn(process.stdout, "write").mockImplementation((line) => {
    write(line);
    return true;
  });
});
afterEach(() => jest.restoreAllMocks());

const route = {
  ...{ method: "GET", path: "/report", summary: "", access: "public", status: 200, errors: [404] },
  query: onDemand(() => z.strictObject({ lines: integerText(0, 9) })),
  response: textStream("text/csv"),
  responseHeaders: { ETag: "" },
} as const satisfies Route;
const bytes = { ...route, response: binaryStream("video/mp4") } as const satisfies Route;

/** What Lambda gives a function to write to. @param holding - how many bytes it takes before it has to be waited for */
class Answer extends Writable {
  readonly chunks: Buffer[] = [];
  type = "";

  /** Settles when all that was written is taken. */
  async taken(): Promise<void> {
    while (this.writableLength > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  constructor(holding = 16_384) {
    super({ highWaterMark: holding });
  }

  setContentType(type: string): void {
    this.type = type;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    setImmediate(done);
  }

  /** Status and headers, and the body. */
  get read() {
    const all = Buffer.concat(this.chunks);
    const at = all.indexOf(Buffer.alloc(8));
    return { ...JSON.parse(all.toString("utf8", 0, at)), body: all.subarray(at + 8).toString("latin1") };
  }
}

const contextWith = (remainingMs: number) =>
  ({ awsRequestId: "id", functionName: "f", getRemainingTimeInMillis: () => remainingMs }) as Context;

async function call(handler: runtime.StreamHandler, lines = "2", remainingMs = 60_000, answer = new Answer()) {
  const failure = await handler(proxyEvent(route, { query: { lines } }), answer, contextWith(remainingMs)).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  await answer.taken();
  return { answer, failure };
}

const line = (message: string) =>
  written.map((text) => text.trim()).find((text) => text.includes(`"message":"${message}"`));

/** Fails when it is asked for its first piece. */
async function* broken() {
  for (const piece of ["a"]) yield Promise.reject<typeof piece>(new Error("secret"));
}

async function* rows(count: number) {
  for (let at = 1; at <= count; at += 1) yield `é${at}\n`;
}

it("sends status and headers with the first piece, and then every piece", async () => {
  const { answer } = await call(handleStream(route, async ({ query }) => rows(query.lines)));
  expect(answer.type).toBe("application/vnd.awslambda.http-integration-response");
  expect(answer.read).toEqual({
    statusCode: 200,
    headers: { "Content-Type": "text/csv; charset=utf-8" },
    body: Buffer.from("é1\né2\n").toString("latin1"),
  });
  expect(answer.writableFinished).toBe(true);
  expect(JSON.parse(line("request")!)).toMatchObject({ status: 200 });
});

it("takes a generator itself, a stream of Node.js's, and bytes as they are", async () => {
  const generator = await call(
    handleStream(route, async function* () {
      yield "a";
    }),
  );
  expect(generator.answer.read.body).toBe("a");
  const stream = await call(handleStream(bytes, async () => Readable.from([Buffer.from([0, 255])])));
  expect(stream.answer.read).toMatchObject({ headers: { "Content-Type": "video/mp4" }, body: "\u0000ÿ" });
});

it("sends headers of a reply, and an answer without any piece", async () => {
  const { answer } = await call(handleStream(route, async () => reply(rows(0), { headers: { ETag: '"1"' } })));
  expect(answer.read).toMatchObject({ statusCode: 200, headers: { ETag: '"1"' }, body: "" });
});

it("writes no faster than it is taken", async () => {
  const { answer } = await call(
    handleStream(route, async () => rows(300)),
    "2",
    60_000,
    new Answer(4),
  );
  expect(answer.read.body.split("\n")).toHaveLength(301);
});

it("says at compile time that a handler of another kind does not stream", () => {
  const wrong = [
    // @ts-expect-error a text as a whole
    handle(route, async () => "a"),
    // @ts-expect-error bytes as a whole
    handle(bytes, async () => Buffer.from("a")),
    // @ts-expect-error a reply of them
    handle(route, async () => reply("a", { headers: { ETag: "" } })),
    // @ts-expect-error pieces
    handle(route, async () => rows(1)),
    // @ts-expect-error bytes where texts are sent
    handleStream(route, async () => Readable.from([]) as AsyncIterable<Buffer>),
  ];
  expect(wrong).toHaveLength(5);
});

describe("before the first piece", () => {
  it.each([
    [
      "a refusal",
      async () => {
        throw new NotFound("no report");
      },
      404,
      "no report",
    ],
    ["a malformed query", async () => rows(1), 400, "malformed"],
    [
      "an error",
      async () => {
        throw new Error("secret");
      },
      500,
      "INTERNAL",
    ],
    [
      "a refusal that the route does not declare",
      async () => {
        throw new Conflict("secret");
      },
      500,
      "INTERNAL",
    ],
    ["an error of the generator", async () => broken(), 500, "INTERNAL"],
    ["no pieces at all", async () => "secret" as never, 500, "INTERNAL"],
    [
      "a piece of another type",
      async () =>
        (async function* () {
          yield 5;
        })() as never,
      500,
      "INTERNAL",
    ],
  ])("%s is an answer of its own", async (name, work, status, words) => {
    const { answer, failure } = await call(handleStream(route, work), name === "a malformed query" ? "x" : "1");
    const { statusCode, headers, body } = answer.read;
    expect([failure, statusCode, headers["Content-Type"], body]).toEqual([
      undefined,
      status,
      "application/json",
      expect.stringContaining(words),
    ]);
    expect([body, ...written].join()).not.toContain("secret");
    expect(JSON.parse(line("request")!)).toMatchObject({ status });
  });

  it("a function whose time is over is answered 503", async () => {
    const { answer } = await call(
      handleStream(route, () => new Promise(() => undefined)),
      "1",
      20,
    );
    expect(answer.read.statusCode).toBe(503);
  });
});

describe("after the first piece", () => {
  async function* failing() {
    yield "a";
    throw new Error("secret");
  }

  it("an error cuts the answer off, and says nothing of its words", async () => {
    const { answer, failure } = await call(handleStream(route, async () => failing()));
    expect([failure?.message, answer.read.body, answer.writableEnded]).toEqual([
      "the answer was cut off after its beginning; the line before says why",
      "a",
      false,
    ]);
    expect(written.join()).toContain("answer cut off");
    expect(JSON.parse(line("request")!)).toMatchObject({ status: 500 });
    expect(written.join()).not.toContain("secret");
    expect(written.join()).toContain('"Faults":1');
  });

  it("a refusal does, too, since the status is sent", async () => {
    const { failure } = await call(
      handleStream(route, async () =>
        (async function* () {
          yield "a";
          throw new NotFound();
        })(),
      ),
    );
    expect(failure?.message).toContain("cut off");
  });

  it("the end of the function's time does, and nothing is sent any more", async () => {
    let go = (): void => undefined;
    const { answer, failure } = await call(
      handleStream(route, async () =>
        (async function* () {
          yield "a";
          await new Promise<void>((resolve) => {
            go = resolve;
          });
          yield "b";
        })(),
      ),
      "1",
      20,
    );
    expect(failure?.message).toContain("cut off");
    go();
    await new Promise((resolve) => setImmediate(resolve));
    expect(answer.read.body).toBe("a");
  });
});

import { get, type IncomingMessage } from "node:http";
import { createGateway } from "../../../local/apigateway/gateway";
import { AnswerStream } from "../../../local/apigateway/response/answer-stream";
import { eventually } from "../../support/eventually";
import { type ApiSetup, definitionOf, functionArn } from "./support/api";
import { idle } from "./support/dependencies";
import { type Behaviour, closeAll, returning, type Served, serve } from "./support/serve";

afterEach(closeAll);

const uri = `arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${functionArn}/response-streaming-invocations`;
const integration = { uri, responseTransferMode: "STREAM" };
const api: ApiSetup = {
  ...{ stage: "dev", routes: { "GET /{proxy+}": { integration } } },
  accessLogFormat: "$context.status $context.responseLength $context.error.message $context.requestId",
};

const head = (metadata: object = {}) => Buffer.from(`${JSON.stringify(metadata)}${"\u0000".repeat(8)}`);

/** Streams these pieces, one after the other, and then ends. */
const streaming =
  (...pieces: (string | Uint8Array)[]): Behaviour =>
  (_event, _signal, onPiece) => {
    for (const piece of pieces) void onPiece(Buffer.from(piece));
    return { payload: "" };
  };

/** Asks for the beginning of an answer. */
const begin = ({ port }: Served, path = "/dev/x"): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => get({ port, path }, resolve).once("error", reject));

/** All of a body that comes, and whether it came to its end. */
async function rest(message: IncomingMessage): Promise<{ body: string; complete: boolean }> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk as Buffer);
  } catch {
    // Cut off.
  }
  return { body: Buffer.concat(chunks).toString("latin1"), complete: message.complete };
}

test("status, headers and cookies come first, then the body as it is, whatever its bytes", async () => {
  const metadata = { statusCode: 201, headers: { "X-a": "1", "content-type": "image/png" }, cookies: ["a=1", "b=2"] };
  const served = await serve(api, streaming(head(metadata), Uint8Array.of(0, 255), "z"));
  const { status, headers, body } = await served.ask({ path: "/x" });
  expect([status, body]).toEqual([201, Buffer.from([0, 255, 122]).toString()]);
  expect(headers).toMatchObject({ "x-a": "1", "content-type": "image/png", "set-cookie": ["a=1", "b=2"] });
  expect(headers).not.toHaveProperty("content-length");
  expect(headers).toMatchObject({ "x-amzn-requestid": expect.any(String), "x-amzn-trace-id": expect.any(String) });
  await eventually(() => served.accessLog[0]);
  expect(served.accessLog).toEqual([expect.stringMatching(/^201 3 - /)]);
});

test("the first byte is there while the function still works", async () => {
  let finish = (): void => undefined;
  const served = await serve(api, async (_event, _signal, onPiece) => {
    void onPiece(Buffer.concat([head(), Buffer.from("first")]));
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    void onPiece(Buffer.from("last"));
    return { payload: "" };
  });
  const message = await begin(served);
  const [first] = await new Promise<Buffer[]>((resolve) => message.once("data", (chunk) => resolve([chunk])));
  expect([first?.toString(), served.log]).toEqual(["first", []]);
  finish();
  expect(await rest(message)).toEqual({ body: "last", complete: true });
  await eventually(() => served.log[0]);
});

test("metadata may come in any pieces", async () => {
  const whole = Buffer.concat([head({ statusCode: 202 }), Buffer.from("body")]);
  const served = await serve(api, streaming(...[...whole].map((byte) => Uint8Array.of(byte))));
  expect(await served.ask({ path: "/x" })).toMatchObject({ status: 202, body: "body" });
});

test("metadata may fill the first 16 KB, with what ends them", async () => {
  const room = 16_384 - head({ statusCode: 202 }).length;
  const served = await serve(api, streaming(" ".repeat(room), head({ statusCode: 202 }), "body"));
  expect(await served.ask({ path: "/x" })).toMatchObject({ status: 202, body: "body" });
});

test("who streams on and on without metadata is answered while it does", async () => {
  let finish = (): void => undefined;
  const served = await serve(api, async (_event, _signal, onPiece) => {
    for (let at = 0; at < 20; at += 1) void onPiece(Buffer.alloc(1000, "x"));
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return { payload: "" };
  });
  expect(await served.ask({ path: "/x" })).toMatchObject({ status: 502 });
  finish();
});

test.each([
  ["no metadata", streaming("just text"), "no metadata with eight bytes of zero behind them"],
  ["nothing", streaming(), "no metadata"],
  ["metadata beyond the first 16 KB", streaming(" ".repeat(16_384 - 9), head()), "in the first 16 KB"],
  ["metadata that are no JSON", streaming(Buffer.concat([Buffer.from("{"), Buffer.alloc(8)])), "must be an object"],
  ["a status that is none", streaming(head({ statusCode: 99 })), "statusCode 99"],
  ["a member that is not known", streaming(head({ body: "x" })), "unknown member body"],
  ["cookies that are no list", streaming(head({ cookies: "a=1" })), "cookies must be a list"],
  ["an answer as functions return it", returning({ statusCode: 200, body: "x" }), "no metadata"],
  [
    "an error before metadata",
    () => ({ payload: '{"errorType":"E"}', functionError: "Unhandled" }),
    "the function failed: E",
  ],
] as [string, Behaviour, string][])("a function that streams %s is answered 502", async (_, behaviour, reason) => {
  const served = await serve(api, behaviour);
  expect(await served.ask({ path: "/x" })).toMatchObject({ status: 502, body: '{"message": "Internal server error"}' });
  expect(served.log[0]?.refusal?.reason).toContain(reason);
});

test("an answer that fails after its beginning is cut off, and the log says why", async () => {
  const served = await serve(api, (_event, _signal, onPiece) => {
    void onPiece(Buffer.concat([head(), Buffer.from("some")]));
    return { payload: '{"errorType":"E"}', functionError: "Unhandled" };
  });
  expect(await rest(await begin(served))).toEqual({ body: "some", complete: false });
  const { status, refusal } = await eventually(() => served.log[0]);
  expect([status, refusal?.reason]).toEqual([200, "the function failed: E, when it had begun to answer"]);
});

test("who goes away does not end the function, and harms nobody else", async () => {
  let send = (_bytes: Uint8Array): void => undefined;
  let finish = (): void => undefined;
  const served = await serve(api, async (_event, _signal, onPiece) => {
    send = onPiece;
    void onPiece(Buffer.concat([head(), Buffer.from("some")]));
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return { payload: "" };
  });
  (await begin(served)).destroy();
  for (let at = 0; at < 50; at += 1) send(Buffer.alloc(100_000));
  finish();
  await eventually(() => served.log[0]);
  served.behave(streaming(head(), "fine"));
  expect(await served.ask({ path: "/x" })).toMatchObject({ status: 200, body: "fine" });
});

test("a function that waits until its pieces are taken waits for nobody who has gone away", async () => {
  const served = await serve(api, async (_event, _signal, onPiece) => {
    await onPiece(Buffer.concat([head(), Buffer.from("some")]));
    for (let at = 0; at < 50; at += 1) await onPiece(Buffer.alloc(1024 * 1024));
    return { payload: "" };
  });
  (await begin(served)).destroy();
  expect(await eventually(() => served.log[0])).toMatchObject({ status: 200 });
});

test("a piece is taken when it is on its way to the client, or when nobody waits for it any more", async () => {
  const stream = new AnswerStream();
  const isTaken = [false, false];
  const pushed = [0, 1].map(async (at) => {
    await stream.push(Buffer.from("a"));
    isTaken[at] = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isTaken).toEqual([false, false]);
  stream.abandon();
  await Promise.all(pushed);
  await stream.push(Buffer.from("b"));
});

test("a body that is larger than 10 MB comes whole", async () => {
  const piece = Buffer.alloc(1024 * 1024, "x");
  const served = await serve(api, streaming(head(), ...Array.from({ length: 12 }, () => piece)));
  expect(await rest(await begin(served))).toEqual({ body: "x".repeat(12 * 1024 * 1024), complete: true });
});

test("nothing of it is kept in the stage's cache", async () => {
  const settings = { "*/*": { caching_enabled: true, cache_ttl_in_seconds: 300 } };
  const cached = { ...api, stageAttributes: { cache_cluster_enabled: true }, methodSettings: settings };
  const served = await serve(cached, streaming(head(), "a"));
  await served.ask({ path: "/x" });
  await served.ask({ path: "/x" });
  expect(served.invoked).toHaveLength(2);
});

test.each<[string, object, string]>([
  [
    "a mode that is none",
    { responseTransferMode: "FAST" },
    "responseTransferMode must be BUFFERED or STREAM, got FAST",
  ],
  [
    "the other invocation's URI",
    { responseTransferMode: "STREAM" },
    "response-streaming-invocations for the transfer mode STREAM",
  ],
  ["its URI without the mode", { uri }, "2015-03-31/…/invocations for the transfer mode BUFFERED"],
  [
    "more than 15 minutes",
    { ...integration, timeoutInMillis: 900_001 },
    "timeoutInMillis must be 50–900000, got 900001",
  ],
  [
    "a role",
    { ...integration, credentials: "arn:aws:iam::000000000000:role/r" },
    "responseTransferMode STREAM with credentials is not emulated",
  ],
  [
    "another server",
    { type: "http_proxy", uri: "https://example.com", httpMethod: "GET", responseTransferMode: "STREAM" },
    "responseTransferMode STREAM of an HTTP_PROXY integration is not emulated",
  ],
  [
    "an answer of the gateway's own",
    { type: "mock", responseTransferMode: "STREAM" },
    "responseTransferMode STREAM takes AWS_PROXY or HTTP_PROXY, got MOCK",
  ],
])("an integration with %s is refused at boot", (_, changes, message) => {
  const setup = { stage: "dev", routes: { "GET /x": { integration: changes } } };
  expect(() => createGateway(definitionOf(setup), idle)).toThrow(message);
});

test("an integration that streams may take 15 minutes", () => {
  const setup = { stage: "dev", routes: { "GET /x": { integration: { ...integration, timeoutInMillis: 900_000 } } } };
  expect(() => createGateway(definitionOf(setup), idle)).not.toThrow();
});

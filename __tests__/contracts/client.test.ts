import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { clientOf, NoAnswer, PageRefused } from "../../contracts/client";
import { linksApi } from "../fixtures/links-api";
import { notesApi } from "../fixtures/notes-api";

const key = "k".repeat(20);
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server that answers each request in turn, the last one for ever, and what it was asked. */
async function against(...answers: readonly RequestListener[]) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    answers[Math.min(seen.length, answers.length) - 1]?.(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dev/`;
  return { url, seen, links: clientOf(linksApi, { url, apiKey: key, backoffMs: 1, timeoutMs: 20_000 }) };
}

const answering =
  (status: number, body: unknown = "", headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));

const refusing = (status: number, code: string, headers = {}): RequestListener =>
  answering(status, { error: { code, message: "m", requestId: "r" } }, headers);

const hanging: RequestListener = () => undefined;
const link = { code: "a", visits: 1 };

describe("a call", () => {
  it("sends what the contract takes, by its names", async () => {
    const { links, seen } = await against(answering(201, link, { etag: '"1"' }));
    const answer = await links.createLink({
      headers: { "Idempotency-Key": "one" },
      body: { url: "https://a.example" },
    });

    expect(answer).toEqual({ ok: true, status: 201, body: link, headers: { ETag: '"1"' } });
    expect(seen[0]).toMatchObject({ method: "POST", url: "/dev/links", body: '{"url":"https://a.example"}' });
    expect(seen[0]?.headers).toMatchObject({
      "idempotency-key": "one",
      "x-api-key": key,
      "content-type": "application/json",
      accept: "application/json",
    });
  });

  it("writes parameters as URLs have them, lists several times, and nothing of what is undefined", async () => {
    const { links, seen } = await against(answering(200, { items: [] }), answering(302, "", { location: "/x" }));
    await links.listLinks({ query: { tag: ["a b", "c&d"], visits: [1, 2], least: -0.5, cursor: undefined } });
    await links.followLink({ params: { code: "a/b?c" } });

    expect(seen.map(({ url }) => url)).toEqual([
      "/dev/links?tag=a+b&tag=c%26d&visits=1&visits=2&least=-0.5",
      "/dev/links/a%2Fb%3Fc",
    ]);
  });

  it("sends no key where anybody may ask, and follows no redirect, which would take it along", async () => {
    const { links, seen } = await against(answering(302, "", { location: "https://b.example/" }));

    expect(await links.followLink({ params: { code: "a" } })).toMatchObject({
      ok: true,
      status: 302,
      headers: { Location: "https://b.example/" },
    });
    expect(seen).toHaveLength(1);
    expect(seen[0]?.headers).not.toHaveProperty("x-api-key");
  });

  it.each(["", ".", ".."])("refuses a path variable that URLs lose: %j", async (code) => {
    const { links, seen } = await against(hanging);
    await expect(links.followLink({ params: { code } })).rejects.toThrow(
      "params.code must be a text other than . and ..",
    );
    expect(seen).toEqual([]);
  });

  it("takes text and bytes as they are, asking for bytes first", async () => {
    const bytes = Buffer.from([0x89, 0, 0xff]);
    const { links, seen } = await against(answering(200, "é"), (_request, response) => void response.end(bytes));
    const [table, image] = [await links.getTable(), await links.getImage()];

    expect(table.ok && table.body).toBe("é");
    expect(image.ok && Buffer.from(image.body).equals(bytes)).toBe(true);
    expect(seen.map(({ headers }) => headers.accept)).toEqual(["text/csv", "image/png"]);
  });

  it("makes further headers anew for each attempt", async () => {
    const { url, seen } = await against(refusing(503, "UNAVAILABLE"), answering(200, "x"));
    let made = 0;
    const headers = async () => ({ Authorization: `Bearer ${++made}` });
    await clientOf(linksApi, { url, headers, backoffMs: 1 }).getTable();
    expect(seen.map((one) => one.headers.authorization)).toEqual(["Bearer 1", "Bearer 2"]);
  });

  it("sends a user's token, and a key, where they are asked for, and nowhere else", async () => {
    const { url, seen } = await against(answering(204), answering(204), answering(200, { noteId: "7", text: "" }));
    const notes = clientOf(notesApi, { url, apiKey: key, token: "a.b.c" });
    await notes.readHealth();
    await notes.countNotes();
    await notes.readMe();
    await notes.writeNote({ params: { noteId: "7" }, body: { text: "a" } });

    expect(seen.map(({ headers }) => [headers["x-api-key"], headers.authorization])).toEqual([
      [undefined, undefined],
      [key, undefined],
      [undefined, "Bearer a.b.c"],
      [key, "Bearer a.b.c"],
    ]);
  });

  it("gets a token for each attempt, and none for what needs none", async () => {
    const { url, seen } = await against(
      answering(204),
      refusing(503, "UNAVAILABLE"),
      answering(200, { noteId: "7", text: "" }),
    );
    let made = 0;
    const token = async () => `t${++made}`;
    const notes = clientOf(notesApi, { url, token, backoffMs: 1 });
    await notes.readHealth();
    await notes.readMe();

    expect(seen.map(({ headers }) => headers.authorization)).toEqual([undefined, "Bearer t1", "Bearer t2"]);
  });

  it("ends where there is no token to be got, in the words of who gets it", async () => {
    const { url, seen } = await against(hanging);
    const token = () => Promise.reject(new Error("signed out"));

    await expect(clientOf(notesApi, { url, token }).readMe()).rejects.toThrow("signed out");
    expect(seen).toEqual([]);
  });

  it("is refused with the status and the code", async () => {
    const { links } = await against(refusing(410, "LINK_EXPIRED"));
    const answer = await links.followLink({ params: { code: "a" } });
    expect(answer).toEqual({ ok: false, status: 410, error: { code: "LINK_EXPIRED", message: "m", requestId: "r" } });
  });
});

describe("a refusal that says to come again", () => {
  const busy = refusing(503, "UNAVAILABLE");
  const throttled = refusing(429, "THROTTLED", { "Retry-After": "0" });
  const body = { url: "u" };

  it("is followed by another attempt, three times at most", async () => {
    const first = await against(busy, throttled, answering(200, "x"));
    expect(await first.links.getTable()).toMatchObject({ ok: true, body: "x" });

    const never = await against(busy);
    expect(await never.links.getTable()).toMatchObject({ ok: false, status: 503 });
    expect(never.seen).toHaveLength(4);
  });

  it("is not, where the first attempt may have had an effect and nothing tells the second apart", async () => {
    const { links, seen } = await against(busy, answering(201, link));
    expect(await links.createLink({ body })).toMatchObject({ status: 503 });
    expect(seen).toHaveLength(1);
  });

  it.each([
    ["a key tells it apart", busy, { "Idempotency-Key": "one" }],
    ["it was throttled, and so not begun", throttled, { "Idempotency-Key": undefined }],
  ])("is, where %s", async (_, refusal, headers) => {
    const { links, seen } = await against(refusal, answering(201, link));
    expect(await links.createLink({ headers, body })).toMatchObject({ status: 201 });
    expect(seen.map((one) => [one.body, one.headers["idempotency-key"]])).toEqual(
      Array(2).fill(['{"url":"u"}', headers["Idempotency-Key"]]),
    );
  });

  it.each(["99999999", new Date(Date.now() + 1e9).toUTCString(), `${"9".repeat(400)}`])(
    "is given back at once where Retry-After asks for more than anybody waits: %.20s",
    async (value) => {
      const { links, seen } = await against(refusing(429, "THROTTLED", { "Retry-After": value }));
      expect(await links.getTable()).toMatchObject({ status: 429 });
      expect(seen).toHaveLength(1);
    },
  );

  /** The pauses between attempts, in milliseconds, none of which is waited for. */
  async function pauses(options: object, ...answers: readonly RequestListener[]): Promise<unknown[]> {
    const { url } = await against(...answers);
    const start = globalThis.setTimeout;
    const timers = jest
      .spyOn(globalThis, "setTimeout")
      .mockImplementation(((act: () => void) => start(act, 0)) as never);
    const random = jest.spyOn(Math, "random").mockReturnValue(0.5);
    try {
      await clientOf(linksApi, { url, apiKey: key, ...options }).getTable();
      return timers.mock.calls.map(([, ms]) => ms);
    } finally {
      for (const spy of [timers, random]) spy.mockRestore();
    }
  }

  it("is followed by others after a random part of a time that doubles, up to the longest wait", async () => {
    expect(await pauses({ backoffMs: 200, longestWaitMs: 500 }, busy)).toEqual([100, 200, 250]);
  });

  it("is followed by others not before Retry-After says, nor before its own time", async () => {
    const soon = refusing(503, "UNAVAILABLE", { "Retry-After": "1" });
    expect(await pauses({ backoffMs: 200 }, soon)).toEqual([1000, 1000, 1000]);
    expect(await pauses({ backoffMs: 4000 }, soon)).toEqual([2000, 4000, 5000]);
  });

  it("is taken as if it said nothing where Retry-After is no time", async () => {
    const { links } = await against(refusing(429, "THROTTLED", { "Retry-After": "soon" }), answering(200, "x"));
    expect(await links.getTable()).toMatchObject({ ok: true });
  });
});

describe("a server that does not answer as the contract says", () => {
  const html = { "Content-Type": "text/html" };

  it.each<[string, RequestListener, number | undefined, string]>([
    ["HTML of a proxy", answering(502, "<html>Bad Gateway", html), 502, "502 with a body that is no JSON (text/html)"],
    ["HTML with 200", answering(200, "<html>Log in", html), 200, "200 with a body that is no JSON (text/html)"],
    ["half a JSON", answering(200, '{"items":['), 200, "200 with a body that is no JSON (no type)"],
    ["nothing", answering(200), 200, "200 with a body that is no JSON (no type)"],
    [
      "another error",
      answering(404, { message: "Not Found" }),
      404,
      "404 with a body that is no error of the contract",
    ],
    ["null as the error", answering(500, "null"), 500, "500 with a body that is no error of the contract"],
    ["a success that there is not", answering(204), 204, "204, which the contract does not say"],
    [
      "a redirect that there is not",
      answering(301, "", { location: "https://b.example" }),
      301,
      "301, which the contract does not say",
    ],
    [
      "less than it promised",
      (_request, response: ServerResponse) => {
        response.writeHead(200, { "Content-Length": "100" }).write('{"items":[]');
        response.destroy();
      },
      undefined,
      "the connection failed, or ended early",
    ],
    ["an end at once", (request) => request.socket.destroy(), undefined, "the connection failed, or ended early"],
  ])("but %s is no answer", async (_, listener, status, message) => {
    const { links } = await against(listener);
    const failed = links.listLinks();
    await expect(failed).rejects.toBeInstanceOf(NoAnswer);
    await expect(failed).rejects.toMatchObject({ status, message });
  });

  it("but with a redirect to nowhere is no answer", async () => {
    const { links } = await against(answering(302));
    await expect(links.followLink({ params: { code: "a" } })).rejects.toThrow("302 without a Location");
  });

  it.each<[string, RequestListener]>([
    ["not at all", hanging],
    ["without an end", (_request, response) => void response.writeHead(200).write('{"items":')],
  ])("is given up when it answers %s", async (_, listener) => {
    const { url } = await against(listener);
    const links = clientOf(linksApi, { url, timeoutMs: 50 });
    await expect(links.listLinks()).rejects.toThrow("no answer within 50 ms");
  });

  it("is left when the caller aborts, during an attempt or a wait", async () => {
    const reason = new Error("changed my mind");
    const abort = new AbortController();
    const during = await against(() => abort.abort(reason));
    await expect(during.links.listLinks({}, { signal: abort.signal })).rejects.toBe(reason);
    await expect(during.links.listLinks({}, { signal: abort.signal })).rejects.toBe(reason);
    expect(during.seen).toHaveLength(1);

    const waiting = new AbortController();
    const busy = await against((request, response) => {
      refusing(503, "UNAVAILABLE", { "Retry-After": "9" })(request, response);
      response.on("close", () => waiting.abort(reason));
    });
    await expect(busy.links.getTable({}, { signal: waiting.signal })).rejects.toBe(reason);
  });
});

describe("pages", () => {
  const page = (code: string, nextCursor?: string): RequestListener =>
    answering(200, { items: [{ code, visits: 0 }], ...(nextCursor ? { nextCursor } : {}) });

  it("come one after the other, until there is no next", async () => {
    const { links, seen } = await against(page("a", "1"), page("b", "2"), page("c"));
    const codes: string[] = [];
    for await (const { items } of links.listLinks.pages({ query: { tag: ["x"] } }))
      codes.push(...items.map(({ code }) => code));

    expect(codes).toEqual(["a", "b", "c"]);
    expect(seen.map(({ url }) => url)).toEqual([
      "/dev/links?tag=x",
      "/dev/links?tag=x&cursor=1",
      "/dev/links?tag=x&cursor=2",
    ]);
  });

  it("are asked for only as far as somebody wants them", async () => {
    const { links, seen } = await against(page("a", "1"));
    for await (const _ of links.listLinks.pages()) break;
    expect(seen).toHaveLength(1);
  });

  it("end with what refused one", async () => {
    const { links } = await against(page("a", "1"), refusing(400, "VALIDATION_FAILED"));
    const pages = links.listLinks.pages();
    await pages.next();
    const failed = pages.next();
    await expect(failed).rejects.toBeInstanceOf(PageRefused);
    await expect(failed).rejects.toMatchObject({ status: 400, error: { code: "VALIDATION_FAILED" } });
  });

  it("end where a page leads to itself", async () => {
    const { links } = await against(page("a", "1"));
    const pages = links.listLinks.pages();
    await pages.next();
    await pages.next();
    await expect(pages.next()).rejects.toThrow("a page whose next page is itself");
  });
});

it("is asked at compile time for what the contract says, and for nothing else", () => {
  const links = clientOf(linksApi, { url: "https://a.example" });
  const typed = async () => {
    const answer = await links.createLink({ body: { url: "" } });
    if (!answer.ok) return answer.error.code;
    if (answer.status === 202) return answer.body.job;
    const followed = await links.followLink({ params: { code: "" } });
    if (!followed.ok && followed.status === 410) return followed.error.code satisfies "LINK_EXPIRED";
    return followed.ok ? followed.headers.Location : answer.headers.ETag;
  };
  const wrong = () => [
    // @ts-expect-error no parameters
    links.followLink(),
    // @ts-expect-error another parameter
    links.followLink({ params: { id: "" } }),
    // @ts-expect-error no body
    links.createLink({}),
    // @ts-expect-error another body
    links.createLink({ body: { link: "" } }),
    // @ts-expect-error a header by another name
    links.createLink({ body: { url: "" }, headers: { "idempotency-key": "" } }),
    // @ts-expect-error a text where numbers are
    links.listLinks({ query: { visits: [true] } }),
    // @ts-expect-error pages of what has none
    links.getTable.pages(),
    // @ts-expect-error an operation that there is not
    links.deleteLink(),
  ];
  expect([typed, wrong]).toHaveLength(2);
});

it("refuses an address that is none", () => {
  expect(() => clientOf(linksApi, { url: "api.example.com" })).toThrow("url must be a URL like https://");
});

describe("in a browser's bundle", () => {
  const gzipped = async (code: string): Promise<number> => {
    const stdin = { contents: code, resolveDir: `${__dirname}/../..`, loader: "ts" as const };
    const options = {
      bundle: true,
      minify: true,
      format: "esm",
      platform: "browser",
      target: "es2022",
      write: false,
    } as const;
    const { outputFiles } = await build({ ...options, stdin });
    return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
  };
  const contract = 'export { recordsApi } from "./contracts/records";';

  it("weighs at most 3 KB beside the contract, and 13 KB with it", async () => {
    const [alone, both] = [
      await gzipped(contract),
      await gzipped(`${contract} export { clientOf } from "./contracts/client";`),
    ];
    expect(both - alone).toBeLessThanOrEqual(3 * 1024);
    expect(both).toBeLessThanOrEqual(13 * 1024);
  });
});

import "../../support/handler-environment";
import { NotFound, ownRefusal, Refusal } from "../../../handlers/runtime/errors";
import { handle, type ProxyHandler } from "../../../handlers/runtime/handle";
import { Reply, redirect, reply } from "../../../handlers/runtime/response";
import { linksApi } from "../../fixtures/links-api";
import { serveContract } from "../../local/apigateway/support/contract";
import { closeAll, type Served } from "../../local/apigateway/support/serve";

const { routes } = linksApi;
const key = "k".repeat(20);
const image = Uint8Array.from([0x89, 0x50, 0xff, 0x00, 0xfe]);
const link = { code: "a", visits: 1 };

const handlers = {
  followLink: handle(routes.followLink, async ({ params: { code } }) => {
    if (code === "old") throw ownRefusal(routes.followLink, "LINK_EXPIRED");
    if (code === "none") throw new NotFound();
    return redirect(302, `https://example.com/${code}`);
  }),
  createLink: handle(routes.createLink, async ({ body }) =>
    body.url === "later" ? reply({ job: "7" }, { status: 202 }) : reply(link, { headers: { ETag: '"1"' } }),
  ),
  listLinks: handle(routes.listLinks, async ({ query: { tag = [], visits = [], least = 0 } }) => ({
    items: [{ code: tag.join("+"), visits: visits.reduce((sum, one) => sum + one, 0) + (least < 0 ? 100 : 0) }],
  })),
  getTable: handle(routes.getTable, async () => 'code,visits\n"é",1\n'),
  getPage: handle(routes.getPage, async () => "<p>é</p>"),
  getImage: handle(routes.getImage, async () => image),
};

let served: Served;

beforeAll(async () => {
  served = await serveContract(linksApi, handlers, key);
});

afterAll(closeAll);

const ask = (path: string, headers: Record<string, string> = {}, query?: string) =>
  served.ask({ path, headers: { "x-api-key": key, ...headers }, ...(query === undefined ? {} : { query }) });
const post = (body: object) =>
  served.ask({ path: "/links", method: "POST", headers: { "x-api-key": key }, body: JSON.stringify(body) });

describe("an answer that the contract says", () => {
  it("leads elsewhere", async () => {
    const got = await ask("/links/a");
    expect([got.status, got.headers["location"], got.body]).toEqual([302, "https://example.com/a", ""]);
  });

  it("is refused by the route's own code and its status", async () => {
    const got = await ask("/links/old");
    expect(got.status).toBe(410);
    expect(JSON.parse(got.body)).toEqual({
      error: { code: "LINK_EXPIRED", message: "The link has expired.", requestId: expect.any(String) },
    });
  });

  it("has the body of its status", async () => {
    const [now, later] = [await post({ url: "now" }), await post({ url: "later" })];
    expect([now.status, JSON.parse(now.body), now.headers["etag"]]).toEqual([201, link, '"1"']);
    expect([later.status, JSON.parse(later.body)]).toEqual([202, { job: "7" }]);
  });

  it.each([
    ["/table", "text/csv; charset=utf-8", 'code,visits\n"é",1\n'],
    ["/page", "text/html; charset=utf-8", "<p>é</p>"],
  ])("is a text: %s", async (path, type, body) => {
    const got = await ask(path);
    expect([got.status, got.headers["content-type"], got.body]).toEqual([200, type, body]);
  });

  it.each([
    ["image/png", Buffer.from(image)],
    ["image/png, */*", Buffer.from(image)],
    ["*/*, image/png", Buffer.from(Buffer.from(image).toString("base64"))],
    ["image/webp", Buffer.from(Buffer.from(image).toString("base64"))],
  ])("is bytes where they are accepted first, else base64: Accept %s", async (accept, bytes) => {
    const got = await ask("/image", { Accept: accept });
    expect([got.status, got.headers["content-type"]]).toEqual([200, "image/png"]);
    expect(got.bytes.equals(bytes)).toBe(true);
  });
});

describe("a query", () => {
  it.each([
    ["tag=a&tag=b&visits=2&visits=3&least=-0.5", { code: "a+b", visits: 105 }],
    ["tag=a", { code: "a", visits: 0 }],
    ["", { code: "", visits: 0 }],
  ])("has lists and numbers: %s", async (query, item) => {
    const got = await ask("/links", {}, query);
    expect([got.status, JSON.parse(got.body).items]).toEqual([200, [item]]);
  });

  it.each([
    ["tag=a&tag=b&tag=c&tag=d", "query.tag"],
    ["visits=1&visits=x", "query.visits.1"],
    ["least=2", "query.least"],
    ["least=1e0", "query.least"],
    ["least=0&least=0", "query.least"],
    ["constructor=1", "query.constructor"],
    ["__proto__=1", "query.__proto__"],
  ])("that is wrong is refused at its place: %s", async (query, path) => {
    const got = await ask("/links", {}, query);
    expect(got.status).toBe(400);
    expect(JSON.parse(got.body).error.details.map((problem: { path: string }) => problem.path)).toEqual([path]);
  });
});

describe("an answer that the contract does not say is a 500, whose log names what", () => {
  // A caller of JavaScript, or of a contract that has changed since.
  const unsafe = (route: (typeof routes)[keyof typeof routes], work: () => unknown): ProxyHandler =>
    handle(route as never, (async () => work()) as never);
  const asked = (resource: string): Parameters<ProxyHandler> => [
    {
      httpMethod: "GET",
      resource,
      headers: {},
      pathParameters: { code: "a" },
      body: '{"url":"x"}',
      requestContext: { requestId: "r", path: resource, identity: { apiKeyId: "k" } },
    } as never,
    { getRemainingTimeInMillis: () => 60_000 } as never,
  ];

  it.each<[string, ProxyHandler, object]>([
    [
      "a status",
      unsafe(routes.createLink, () => reply(link, { status: 203 })),
      { code: "undeclared_status", path: "status 203" },
    ],
    [
      "a header",
      unsafe(routes.getPage, () => reply("", { headers: { "X-A": "1" } })),
      { code: "undeclared_header", path: "headers.X-A" },
    ],
    [
      "no Location",
      unsafe(routes.followLink, () => new Reply(undefined, undefined, {})),
      { code: "missing_header", path: "headers.Location" },
    ],
    [
      "the body of another status",
      unsafe(routes.createLink, () => reply(link, { status: 202 })),
      { code: "invalid_type", path: "job" },
    ],
    ["an object as text", unsafe(routes.getPage, () => ({})), { code: "invalid_type", path: "" }],
    ["a text as bytes", unsafe(routes.getImage, () => "x"), { code: "invalid_type", path: "" }],
    [
      "a refusal",
      unsafe(routes.getPage, () => Promise.reject(new NotFound())),
      { code: "undeclared_error", path: "404 NOT_FOUND" },
    ],
    [
      "a code of another route",
      unsafe(routes.getPage, () => Promise.reject(ownRefusal(routes.followLink, "LINK_EXPIRED"))),
      { code: "undeclared_error", path: "410 LINK_EXPIRED" },
    ],
    [
      "a code with another status",
      unsafe(routes.followLink, () => Promise.reject(new Refusal(409, { own: { code: "LINK_EXPIRED", meaning: "" } }))),
      { code: "undeclared_error", path: "409 LINK_EXPIRED" },
    ],
  ])("%s", async (_, handler, issue) => {
    const lines: string[] = [];
    const spies = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, "write").mockImplementation((text) => lines.push(...String(text).trim().split("\n")) > 0),
    );
    const answer = await handler(...asked("/x"));
    for (const spy of spies) spy.mockRestore();

    expect(answer.statusCode).toBe(500);
    expect(JSON.parse(answer.body).error.code).toBe("INTERNAL_ERROR");
    expect(lines.map((line) => JSON.parse(line).issues)).toContainEqual(expect.arrayContaining([issue]));
  });
});

it("says at compile time what a handler may not return", () => {
  const wrong = [
    // @ts-expect-error a redirect without a Location
    handle(routes.followLink, async () => reply(undefined, {})),
    // @ts-expect-error a value where there is a redirect
    handle(routes.followLink, async () => undefined),
    // @ts-expect-error a redirect of another status
    handle(routes.followLink, async () => redirect(301, "/")),
    // @ts-expect-error the body of another status
    handle(routes.createLink, async () => reply(link, { status: 202 })),
    // @ts-expect-error a status that there is not
    handle(routes.createLink, async () => reply(link, { status: 200 })),
    // @ts-expect-error a header that there is not
    handle(routes.createLink, async () => reply(link, { headers: { ETag: "", "X-A": "" } })),
    // @ts-expect-error bytes as text
    handle(routes.getPage, async () => image),
    // @ts-expect-error a text as bytes
    handle(routes.getImage, async () => "x"),
    // @ts-expect-error a code that the route does not have
    () => ownRefusal(routes.followLink, "GONE"),
  ];
  expect(wrong).toHaveLength(9);
});

import type { ApiSetup } from "./support/api";
import { closeAll, returning, type Served, serve } from "./support/serve";

afterEach(closeAll);

const api: ApiSetup = { stage: "dev", routes: { "ANY /{proxy+}": {} } };

async function answered(returned: unknown, ask: Parameters<Served["ask"]>[0] = { path: "/x" }) {
  const served = await serve(api, returning(returned));
  return { got: await served.ask(ask), served };
}

describe("a function's answer is malformed", () => {
  it.each([
    ["a list", []],
    ["null", null],
    ["a number", 1],
    ["a status that is no number", { statusCode: "ok" }],
    ["an empty status", { statusCode: "" }],
    ["a status with a fraction", { statusCode: 200.5 }],
    ["a status beyond 599", { statusCode: 600 }],
    ["an interim status", { statusCode: 101 }],
    ["an object as the body", { statusCode: 200, body: {} }],
    ["a number as the body", { statusCode: 200, body: 1 }],
    ["a list that is no list", { multiValueHeaders: { a: "b" } }],
    ["multi-value headers in a list", { multiValueHeaders: [] }],
    ["an object in a header's list", { multiValueHeaders: { a: [{}] } }],
    ["null as a header's value", { headers: { a: null } }],
    ["a line break in a header's value", { headers: { a: "b\r\nSet-Cookie: c" } }],
    ["a header's value beyond Latin-1", { headers: { a: "☃" } }],
    ["a space in a header's name", { headers: { "a b": "c" } }],
    ["an empty header's name", { headers: { "": "c" } }],
    ["a text as isBase64Encoded", { isBase64Encoded: "yes" }],
  ])("with %s", async (_title, returned) => {
    const { got, served } = await answered(returned);
    expect([got.status, got.body]).toEqual([502, '{"message": "Internal server error"}']);
    expect(served.log[0]?.refusal?.reason).toMatch(/^malformed Lambda proxy response: /);
  });
});

describe("a function's answer", () => {
  it("keeps the spelling and the order of its headers", async () => {
    const { got } = await answered({ headers: { "X-b": "1", "x-A": "2" } });
    const own = got.rawHeaders.filter(([name]) => /^x-[ab]$/i.test(name));
    expect(own).toEqual([
      ["X-b", "1"],
      ["x-A", "2"],
    ]);
  });

  it("may set several cookies", async () => {
    const { got } = await answered({ multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"] } });
    expect(got.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  });

  it("sends a pair that stands in both kinds of headers once", async () => {
    const { got } = await answered({ multiValueHeaders: { a: ["1", "2"] }, headers: { a: "1" } });
    expect(got.headers["a"]).toBe("1, 2");
  });

  it.each(["Authorization", "Connection", "Content-Length", "Server", "WWW-Authenticate", "host"])(
    "sends %s under another name",
    async (name) => {
      const { got } = await answered({ headers: { [name]: "7" }, body: "text" });
      expect(got.headers[`x-amzn-remapped-${name.toLowerCase()}`]).toBe("7");
      expect(got.headers["content-length"]).toBe("4");
    },
  );

  it("can't set the gateway's own headers", async () => {
    const names = ["x-amzn-RequestId", "x-amz-apigw-id", "X-Amzn-Trace-Id", "Transfer-Encoding"];
    const { got } = await answered({ headers: Object.fromEntries(names.map((name) => [name, "mine"])) });
    for (const name of names) expect(got.headers[name.toLowerCase()]).not.toBe("mine");
  });

  it.each([204, 304])("with status %d has no body and no length", async (statusCode) => {
    const { got } = await answered({ statusCode, body: "text" });
    expect([got.status, got.body]).toEqual([statusCode, ""]);
    expect(got.headers).not.toHaveProperty("content-length");
  });

  it("to HEAD has the length of the body and leaves it out", async () => {
    const { got } = await answered({ body: "text" }, { method: "HEAD", path: "/x" });
    expect([got.headers["content-length"], got.body]).toEqual(["4", ""]);
  });

  it("is measured in bytes", async () => {
    const { got } = await answered({ body: "é☃" });
    expect([got.headers["content-length"], got.body]).toEqual(["5", "é☃"]);
  });

  it("is decoded for every caller if every type is binary", async () => {
    const served = await serve(
      { ...api, binaryMediaTypes: ["*/*"] },
      returning({ body: "/wD+", isBase64Encoded: true }),
    );
    expect((await served.ask({ path: "/x" })).bytes).toEqual(Buffer.from([0xff, 0x00, 0xfe]));
  });

  it("that should be decoded and is not base64 is a configuration error", async () => {
    const served = await serve({ ...api, binaryMediaTypes: ["*/*"] }, returning({ body: "§", isBase64Encoded: true }));
    expect((await served.ask({ path: "/x" })).status).toBe(500);
    expect(served.log[0]?.refusal?.type).toBe("API_CONFIGURATION_ERROR");
  });
});

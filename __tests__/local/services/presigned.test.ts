import { request } from "node:http";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { allow, credentials, principal, type Running, region, startServices } from "../support/services";

const pages = {
  origins: ["https://app.example.com"],
  methods: ["GET", "PUT"],
  headers: ["content-type"],
  exposed: ["ETag"],
  maxAgeSeconds: 600,
};
const bucket = { name: "assets", cors: [pages] };
const may = (...actions: string[]) =>
  running.configure({ buckets: [bucket], principals: [principal(allow(actions, "arn:aws:s3:::assets/a/*"))] });

let running: Running;
let client: S3Client;
beforeAll(async () => {
  running = await startServices({ buckets: [bucket] });
  client = new S3Client({
    region,
    endpoint: running.url,
    credentials,
    requestChecksumCalculation: "WHEN_REQUIRED",
  });
});
beforeEach(() => may("s3:GetObject", "s3:PutObject"));
afterAll(async () => {
  client.destroy();
  await running.stop();
});

const uploadUrl = (Key: string, options: Parameters<typeof getSignedUrl>[2] = {}) =>
  getSignedUrl(
    client,
    new PutObjectCommand({ Bucket: "assets", Key, ContentType: "text/plain", ContentLength: 5, IfNoneMatch: "*" }),
    { expiresIn: 300, signableHeaders: new Set(["content-type"]), ...options },
  );
const downloadUrl = (Key: string, options: Parameters<typeof getSignedUrl>[2] = {}) =>
  getSignedUrl(client, new GetObjectCommand({ Bucket: "assets", Key }), { expiresIn: 300, ...options });

const signedHeaders = { "content-type": "text/plain", "if-none-match": "*" };

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** By Node's plain client, which sends the request as it is, `Origin` too. */
const send = (url: string, { method = "GET", headers = {}, body = "" }: Sent = {}) =>
  new Promise<{ status: number; text: string; headers: Record<string, unknown> }>((resolve, reject) => {
    const length = method === "PUT" ? { "content-length": String(Buffer.byteLength(body)) } : {};
    const sent = request(url, { method, headers: { ...length, ...headers } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode!, text, headers: response.headers }));
    });
    sent.on("error", reject).end(body);
  });

const upload = async (key: string, sent: Sent = {}) =>
  send(await uploadUrl(key), { method: "PUT", headers: signedHeaders, body: "hello", ...sent });

test("what is uploaded by a URL is downloaded by another", async () => {
  expect((await upload("a/1")).status).toBe(200);
  expect(await send(await downloadUrl("a/1"))).toMatchObject({
    status: 200,
    text: "hello",
    headers: { "content-type": "text/plain" },
  });
});

test("an upload that was made is not made again", async () => {
  const url = await uploadUrl("a/2");
  const again = () => send(url, { method: "PUT", headers: signedHeaders, body: "hello" });
  const both = await Promise.all([again(), again()]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  expect(await again()).toMatchObject({
    status: 412,
    text: expect.stringContaining("<Code>PreconditionFailed</Code>"),
  });
});

const forged = { status: 403, text: expect.stringContaining("<Code>SignatureDoesNotMatch</Code>") };
const expired = { status: 403, text: expect.stringContaining("<Message>Request has expired</Message>") };
const denied = { status: 403, text: expect.stringContaining("<Code>AccessDenied</Code>") };

test.each<[what: string, sent: Sent]>([
  ["another type", { headers: { ...signedHeaders, "content-type": "text/html" } }],
  ["no type", { headers: { "if-none-match": "*" } }],
  ["a longer body", { body: "hello!" }],
  ["a shorter body", { body: "hell" }],
  ["no condition", { headers: { "content-type": "text/plain" } }],
  ["another method", { method: "POST" }],
  ["the method of a download", { method: "GET", body: "" }],
])("an upload with %s is refused", async (_, sent) => {
  expect(await upload("a/3", sent)).toMatchObject(forged);
  expect(await send(await downloadUrl("a/3"))).toMatchObject(denied);
});

test.each<[what: string, change: (url: string) => string]>([
  ["another object", (url) => url.replace("/a/1", "/a/2")],
  ["another bucket", (url) => url.replace("/assets/", "/others/")],
  ["more time", (url) => url.replace("X-Amz-Expires=300", "X-Amz-Expires=301")],
  ["another day", (url) => url.replace(/X-Amz-Date=\d{4}/, "X-Amz-Date=2001")],
  ["a header less", (url) => url.replace("SignedHeaders=host", "SignedHeaders=")],
  ["a parameter more", (url) => `${url}&response-content-type=text%2Fhtml`],
])("a URL changed to ask for %s is refused", async (_, change) => {
  const url = await downloadUrl("a/1");
  expect(change(url)).not.toBe(url);
  expect(await send(change(url))).toMatchObject(forged);
});

test("a URL whose time is over is refused, and says when that was", async () => {
  const signingDate = new Date(Date.now() - 301_000);
  const { text, ...answer } = await send(await downloadUrl("a/1", { signingDate }));
  expect({ text, ...answer }).toMatchObject(expired);
  expect(text).toMatch(/<X-Amz-Expires>300<.*<Expires>20.*Z<.*<ServerTime>20.*Z</);
  const inTime = new Date(Date.now() - 100_000);
  expect((await send(await downloadUrl("a/1", { signingDate: inTime }))).status).toBe(200);
});

test.each([
  [
    "604801",
    "must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
  ],
  ["-1", "must be non-negative"],
  ["soon", "should be a number"],
  ["", "should be a number"],
])("a URL for %j seconds is refused: X-Amz-Expires %s", async (seconds, words) => {
  const url = (await downloadUrl("a/1")).replace("X-Amz-Expires=300", `X-Amz-Expires=${seconds}`);
  const { status, text } = await send(url);
  expect([status, text]).toEqual([400, expect.stringContaining(`<Message>X-Amz-Expires ${words}</Message>`)]);
  expect(text).toContain("<Code>AuthorizationQueryParametersError</Code>");
});

test.each(["Date", "Expires", "SignedHeaders"])("a URL that lacks X-Amz-%s is refused", async (name) => {
  const url = (await downloadUrl("a/1")).replace(new RegExp(`X-Amz-${name}=[^&]*&?`), "");
  const { status, text } = await send(url);
  expect([status, text]).toEqual([400, expect.stringContaining("Query-string authentication version 4 requires")]);
});

test.each([
  ["a URL", "?AWSAccessKeyId=ASIATEST&Signature=c2ln&Expires=4000000000", {}],
  ["a header", "", { authorization: "AWS ASIATEST:c2ln" }],
])("the signature that S3 no longer takes is refused by its name, in %s", async (_, query, headers) => {
  for (const path of ["/assets/a/1", "/others/a/1"]) {
    const { status, text } = await send(`${running.url}${path}${query}`, { headers });
    expect([status, text]).toEqual([400, expect.stringContaining("<Code>InvalidRequest</Code>")]);
    expect(text).toContain("is not supported. Please use AWS4-HMAC-SHA256.");
  }
});

test("a URL from the future is refused, give or take what clocks differ by", async () => {
  const inMinutes = (minutes: number) => downloadUrl("a/1", { signingDate: new Date(Date.now() + minutes * 60_000) });
  expect((await send(await inMinutes(14))).status).toBe(200);
  expect((await send(await inMinutes(16))).text).toContain("Request is not yet valid");
});

test("a session's token is part of it: without it, or with another one, the URL is refused", async () => {
  const url = await downloadUrl("a/1");
  expect((await send(url.replace(/X-Amz-Security-Token=\w+&/, ""))).text).toContain("<Code>SignatureDoesNotMatch<");
  const other = new S3Client({ region, endpoint: running.url, credentials: { ...credentials, sessionToken: "other" } });
  const borrowed = await getSignedUrl(other, new GetObjectCommand({ Bucket: "assets", Key: "a/1" }));
  expect((await send(borrowed)).text).toContain("<Code>InvalidToken<");
  other.destroy();
});

test("a header of AWS's that was not signed is refused", async () => {
  const headers = { ...signedHeaders, "x-amz-meta-owner": "me" };
  expect(await upload("a/4", { headers })).toMatchObject({
    status: 403,
    text: expect.stringContaining("<HeadersNotSigned>x-amz-meta-owner</HeadersNotSigned>"),
  });
});

test("a URL lets nobody do what its signer may not, then or by now", async () => {
  expect(await send(await downloadUrl("b/1"))).toMatchObject(denied);
  const url = await downloadUrl("a/1");
  await may("s3:PutObject");
  expect(await send(url)).toMatchObject(denied);
});

const preflight = async (headers: Record<string, string>) =>
  send(await uploadUrl("a/5"), { method: "OPTIONS", headers });

test("pages of the bucket's origins are let through, and may read the answer", async () => {
  const origin = "https://app.example.com";
  const asked = { origin, "access-control-request-method": "PUT", "access-control-request-headers": "content-type" };
  expect(await preflight(asked)).toMatchObject({
    status: 200,
    headers: {
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "GET, PUT",
      "access-control-allow-headers": "content-type",
      "access-control-max-age": "600",
    },
  });
  const answer = await send(await downloadUrl("a/1"), { headers: { origin } });
  expect(answer.headers).toMatchObject({
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "ETag",
  });
});

test.each([
  ["origins", { origin: "https://evil.example.com" }],
  ["methods", { "access-control-request-method": "DELETE" }],
  ["headers", { "access-control-request-headers": "content-type, x-other" }],
])("pages of other %s are not", async (_, change) => {
  const asked = { origin: "https://app.example.com", "access-control-request-method": "PUT", ...change };
  expect(await preflight(asked)).toMatchObject({ status: 403, text: expect.stringContaining("AccessForbidden") });
});

test("an answer to a page of another origin can't be read by it", async () => {
  const { headers } = await send(await downloadUrl("a/1"), { headers: { origin: "https://evil.example.com" } });
  expect(headers).not.toHaveProperty("access-control-allow-origin");
});

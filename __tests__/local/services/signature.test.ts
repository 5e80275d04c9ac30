import { createHash } from "node:crypto";
import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { eventually } from "../../support/eventually";
import { credentials, logs, type Running, region, startServices, things } from "../support/services";
import { ask, signerFor } from "../support/signed";

let running: Running;
beforeAll(async () => {
  running = await startServices({ tables: [things], buckets: [logs] });
});
afterAll(() => running.stop());

const clientWith = (changes: object) => ({
  region,
  endpoint: running.url,
  maxAttempts: 1,
  credentials: { ...credentials, ...changes },
});
const get = new GetItemCommand({ TableName: "things", Key: { id: { S: "x" } } });

test("a key that nobody has is refused", async () => {
  const [client, s3] = [clientWith({ accessKeyId: "ASIAOTHER" }), clientWith({ accessKeyId: "ASIAOTHER" })];
  await expect(new DynamoDBClient(client).send(get)).rejects.toMatchObject({ name: "UnrecognizedClientException" });
  const object = new GetObjectCommand({ Bucket: "logs", Key: "x" });
  await expect(new S3Client(s3).send(object)).rejects.toMatchObject({ name: "InvalidAccessKeyId" });
});

test("a signature with another secret is refused: keys alone can't be borrowed", async () => {
  const forged = clientWith({ secretAccessKey: "guessed" });
  await expect(new DynamoDBClient(forged).send(get)).rejects.toMatchObject({ name: "InvalidSignatureException" });
  const object = new GetObjectCommand({ Bucket: "logs", Key: "x" });
  await expect(new S3Client(forged).send(object)).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
});

test.each([
  ["s3", "PUT", "/logs/a", "SignatureDoesNotMatch"],
  ["sqs", "POST", "/", "InvalidSignatureException"],
  ["dynamodb", "POST", "/", "InvalidSignatureException"],
])("a body in another's place is refused by %s, though the hash that was signed comes with it", async (...given) => {
  const [service, method, path, code] = given;
  const { status, text } = await ask(running.url, service, { method, path, body: "signed", sent: "forged" });
  expect([status, text]).toEqual([403, expect.stringContaining(code)]);
});

test.each([
  ["s3", "PUT", "/logs/a", 200],
  ["sqs", "POST", "/", 403],
  ["dynamodb", "POST", "/", 403],
])("a body that is not signed is taken by S3 alone: %s", async (service, method, path, status) => {
  const headers = { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
  expect((await ask(running.url, service, { method, path, headers, body: "one", sent: "another" })).status).toBe(
    status,
  );
});

test("a URL that was signed ahead for one body takes no other", async () => {
  const { hostname, port } = new URL(running.url);
  const digest = createHash("sha256").update("the body").digest("hex");
  const place = { protocol: "http:", hostname, port: Number(port), path: "/logs/ahead", query: {} };
  const headers = { host: `${hostname}:${port}`, "x-amz-content-sha256": digest };
  const unhoistableHeaders = new Set(Object.keys(headers));
  const { query = {} } = await signerFor("s3").presign(
    { method: "PUT", ...place, headers },
    { unhoistableHeaders, hoistableHeaders: new Set() },
  );
  const url = `${running.url}/logs/ahead?${new URLSearchParams(query as Record<string, string>)}`;
  const sent = { "x-amz-content-sha256": digest };
  expect((await fetch(url, { method: "PUT", headers: sent, body: "another" })).status).toBe(403);
  expect((await fetch(url, { method: "PUT", headers: sent, body: "the body" })).status).toBe(200);
});

test("what is not signed, and a service that is not emulated, are refused and reported", async () => {
  expect((await fetch(running.url, { method: "POST" })).status).toBe(403);
  expect(await ask(running.url, "translate", { body: "{}" })).toMatchObject({
    status: 501,
    text: expect.stringContaining('"__type":"UnknownOperationException","message":"translate is not emulated"'),
  });
  expect(await eventually(() => running.events.find(({ event }) => event === "problem"))).toEqual({
    event: "problem",
    message: "translate is not emulated; get-thing called it",
  });
});

test("what asks a bucket without a signature gets S3's own refusal, and a form is refused by name", async () => {
  const told = async (path: string, init?: RequestInit) => {
    const answer = await fetch(running.url + path, init);
    return [answer.status, /<Code>(.*)<\/Code><Message>(.*?)<\/Message>/.exec(await answer.text())?.slice(1)];
  };
  expect(await told("/logs/a?X-Amz-Algorithm=cut")).toEqual([403, ["AccessDenied", "Access Denied"]]);
  expect(await told("/logs", { method: "PUT", body: "x" })).toEqual([403, ["AccessDenied", "Access Denied"]]);
  expect(await told("/constructor/a")).toEqual([403, undefined]);
  const form = new FormData();
  form.append("key", "a");
  form.append("file", "text");
  expect(await told("/logs", { method: "POST", body: form })).toEqual([
    501,
    [expect.any(String), "S3 POST of a form is not emulated"],
  ]);
});

import type { RequestListener } from "node:http";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Database } from "../../local/services/dynamodb/database";
import { databaseListener } from "../../local/services/dynamodb/server";
import { bodyOf, startAwsServer, xmlError } from "./aws-server";

/**
 * AWS as Terraform's S3 backend needs it: a bucket in memory, of any name, and an embedded DynamoDB. And STS, to which
 * the access key "test" is the account of the environments, and every other one another's.
 */

const objects = new Map<string, string>();

const listing = (prefix: string): string => {
  const keys = [...objects.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => `<Contents><Key>${key}</Key></Contents>`);
  return `<ListBucketResult><KeyCount>${keys.length}</KeyCount><IsTruncated>false</IsTruncated>${keys.join("")}</ListBucketResult>`;
};

const s3: RequestListener = async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
  const [, , ...path] = decodeURIComponent(pathname).split("/");
  const key = path.join("/");
  const body = await bodyOf(request);
  const answer = (status: number, text = "") =>
    response.writeHead(status, { "content-type": "application/xml" }).end(text);
  if (key === "") return void answer(200, listing(searchParams.get("prefix") ?? ""));
  if (request.method === "PUT") {
    // A lock file may be written only where there is none.
    if (request.headers["if-none-match"] === "*" && objects.has(key))
      return void answer(412, xmlError("PreconditionFailed"));
    objects.set(key, body);
    return void answer(200);
  }
  const object = objects.get(key);
  if (request.method === "DELETE") objects.delete(key);
  if (request.method === "DELETE") return void answer(204);
  if (object === undefined) return void answer(404, xmlError("NoSuchKey"));
  response.writeHead(200, { "content-length": Buffer.byteLength(object), etag: '"00"' });
  response.end(request.method === "HEAD" ? undefined : object);
};

const sts: RequestListener = ({ headers: { authorization = "" } }, response) => {
  const account = authorization.includes("Credential=test/") ? "000000000000" : "111122223333";
  const result = `<GetCallerIdentityResult><Account>${account}</Account></GetCallerIdentityResult>`;
  response.end(`<GetCallerIdentityResponse>${result}</GetCallerIdentityResponse>`);
};

/** Starts all on one port, with a lock table, and prints the URL. */
async function main(table: string): Promise<void> {
  const database = databaseListener(new Database(), console.error);
  const server = await startAwsServer((request, response) => {
    if (request.headers["x-amz-target"]) database(request, response);
    else if (request.headers.authorization?.includes("/sts/aws4_request")) sts(request, response);
    else void s3(request, response);
  });
  const client = new DynamoDBClient({
    endpoint: server.url,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "LockID", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "LockID", AttributeType: "S" }],
    }),
  );
  client.destroy();
  console.log(server.url);
}

void main("terrace-state-lock");

import { isDeepStrictEqual } from "node:util";
import { Database } from "../../local/services/dynamodb/database";
import { canonicalNumber } from "../../local/services/dynamodb/numbers";
import { execute } from "../../local/services/dynamodb/operations";
import { failure } from "../../local/services/dynamodb/service";
import { ServiceError } from "../../local/services/service";
import { type Answer, explanations } from "./explanations";
import { type Operation, Operations, tables } from "./operations";

const usage = "node run.js bench/differences/main.ts <URL of DynamoDB Local> [<how many>] [<seed>]";

async function theirs(url: string, { name, input }: Operation): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-amz-json-1.0",
      "X-Amz-Target": `DynamoDB_20120810.${name}`,
      "X-Amz-Date": "20260101T000000Z",
      Authorization:
        "AWS4-HMAC-SHA256 Credential=differences/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

function ours(database: Database, { name, input }: Operation): Answer {
  try {
    return { status: 200, body: JSON.parse(execute(database, name, input)) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { status, body = "{}" } = failure(error);
    return { status, body: JSON.parse(String(body)) };
  }
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const texts = (list: readonly unknown[]): unknown[] => list.map((element) => JSON.stringify(element)).sort();

/**
 * A normalized response: without the order of what is unordered (sets, the items of a scan or batch, members), and
 * without the spelling of numbers, which DynamoDB Local leaves as they were sent inside lists and maps.
 */
function said(value: unknown, operation: string, member = ""): unknown {
  if (Array.isArray(value)) {
    const list = value.map((element) => said(element, operation, member === "NS" ? "N" : ""));
    const isUnordered =
      ["SS", "NS", "BS"].includes(member) ||
      (["Scan", "BatchGetItem"].includes(operation) && member !== "L" && member !== "");
    return isUnordered ? texts(list) : list;
  }
  if (!isMap(value)) return member === "N" ? canonicalNumber(String(value)) : value;
  const { Message, __type: type, ...rest } = value;
  const error = type === undefined ? {} : { error: String(type).split("#")[1], message: rest["message"] ?? Message };
  const members = Object.entries({
    ...rest,
    ...error,
    ...(type === undefined && Message !== undefined ? { Message } : {}),
  });
  return Object.fromEntries(
    members
      .map(([name, content]) => [name, said(content, operation, name)] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

async function main([url, count = "20000", seed = "1"]: readonly string[]): Promise<void> {
  if (url === undefined) throw new Error(usage);
  const database = new Database();
  for (const table of tables) {
    await theirs(url, { name: "DeleteTable", input: { TableName: table.TableName } });
    const created = await theirs(url, { name: "CreateTable", input: table });
    if (created.status !== 200) throw new Error(JSON.stringify(created.body));
    ours(database, { name: "CreateTable", input: table });
  }
  const operations = new Operations(Number(seed));
  const explained = new Map<string, number>();
  let [same, unexplained] = [0, 0];
  for (let at = 0; at < Number(count); at += 1) {
    const operation = operations.next();
    const canonical = ({ status, body }: Answer): Answer => ({
      status,
      body: said(body, operation.name) as Answer["body"],
    });
    const [their, our] = [canonical(await theirs(url, operation)), canonical(ours(database, operation))];
    const [left, right] = [our.body, their.body];
    if (our.status === their.status && isDeepStrictEqual(left, right)) {
      same += 1;
      continue;
    }
    const kind = explanations.find(({ applies }) => applies(operation, our, their));
    if (kind) explained.set(kind.why, (explained.get(kind.why) ?? 0) + 1);
    else {
      unexplained += 1;
      console.log(JSON.stringify({ at, ...operation }));
      console.log(`  ours    ${our.status} ${JSON.stringify(left)}`);
      console.log(`  theirs  ${their.status} ${JSON.stringify(right)}`);
    }
    if (isWrite(operation) && (our.status === 200) !== (their.status === 200)) await restore(url, database);
  }
  console.log(
    `${same} the same, ${unexplained} differ without an explanation, and ${[...explained.values()].reduce((sum, each) => sum + each, 0)} with one:`,
  );
  for (const [why, times] of [...explained].sort(([, one], [, other]) => other - one))
    console.log(`${String(times).padStart(6)}  ${why}`);
  process.exitCode = unexplained > 0 ? 1 : 0;
}

const isWrite = ({ name }: Operation): boolean => !/Get|Query|Scan/.test(name);

/** Makes both equal again after only one of them has done a write: with the item of DynamoDB Local, if it is valid. */
async function restore(url: string, database: Database): Promise<void> {
  for (const { TableName, KeySchema } of tables) {
    const all = { name: "Scan", input: { TableName } };
    const names = KeySchema.map(({ AttributeName }) => AttributeName);
    const remove = (item: object): Operation => {
      const Key = Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
      return { name: "DeleteItem", input: { TableName, Key } };
    };
    for (const item of itemsIn(ours(database, all))) ours(database, remove(item));
    for (const Item of itemsIn(await theirs(url, all))) {
      const { status } = ours(database, { name: "PutItem", input: { TableName, Item } });
      if (status !== 200) await theirs(url, remove(Item));
    }
  }
}

const itemsIn = ({ body }: Answer): readonly object[] => (Array.isArray(body["Items"]) ? body["Items"] : []);

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

import { join } from "node:path";
import fc from "fast-check";
import { Database } from "../../../../local/services/dynamodb/database";
import { execute } from "../../../../local/services/dynamodb/operations";
import { ServiceError } from "../../../../local/services/service";
import { temporaryFolder } from "../../support/stack-file";

const table = {
  TableName: "things",
  KeySchema: [
    { AttributeName: "p", KeyType: "HASH" },
    { AttributeName: "s", KeyType: "RANGE" },
  ],
  AttributeDefinitions: [
    { AttributeName: "p", AttributeType: "S" },
    { AttributeName: "s", AttributeType: "N" },
    { AttributeName: "g", AttributeType: "S" },
  ],
  BillingMode: "PAY_PER_REQUEST",
  GlobalSecondaryIndexes: [
    {
      IndexName: "byG",
      KeySchema: [
        { AttributeName: "g", KeyType: "HASH" },
        { AttributeName: "s", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
  ],
};

/** An item of the model: plain values. */
interface Thing {
  readonly p: string;
  readonly s: number;
  readonly g?: string;
  readonly n?: number;
}

const partitions = ["a", "é", "\u{1F600}"];
const key = fc.record({ p: fc.constantFrom(...partitions), s: fc.integer({ min: -12, max: 12 }) });
const thing = fc
  .tuple(key, fc.option(fc.constantFrom("x", "y"), { nil: undefined }), fc.option(fc.nat(9), { nil: undefined }))
  .map(([{ p, s }, g, n]): Thing => ({ p, s, ...(g === undefined ? {} : { g }), ...(n === undefined ? {} : { n }) }));

type Action =
  | { readonly kind: "put" | "create"; readonly thing: Thing }
  | { readonly kind: "delete" | "count"; readonly thing: Pick<Thing, "p" | "s"> };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constantFrom("put" as const, "create" as const), thing }),
  fc.record({ kind: fc.constantFrom("delete" as const, "count" as const), thing: key }),
);
/** One act: one action, or several as a transaction. */
const acts = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.tuple(action) },
    {
      weight: 1,
      arbitrary: fc.uniqueArray(action, { minLength: 2, maxLength: 5, selector: ({ thing }) => keyText(thing) }),
    },
  ),
  { maxLength: 60 },
);

const keyText = ({ p, s }: Pick<Thing, "p" | "s">): string => JSON.stringify([p, s]);
const marshalled = ({ p, s, g, n }: Thing) => ({
  p: { S: p },
  s: { N: String(s) },
  ...(g === undefined ? {} : { g: { S: g } }),
  ...(n === undefined ? {} : { n: { N: String(n) } }),
});

/** The model: what an action leaves, or that it is refused. */
function next(model: ReadonlyMap<string, Thing>, { kind, thing: given }: Action): Thing | undefined | "refused" {
  const known = model.get(keyText(given));
  if (kind === "put") return given;
  if (kind === "create") return known ? "refused" : given;
  if (kind === "delete") return undefined;
  return { ...given, ...known, n: (known?.n ?? 0) + 1 };
}

const kinds = { put: "Put", create: "Put", delete: "Delete", count: "Update" } as const;

function inputOf({ kind, thing: given }: Action) {
  if (kind === "put") return { TableName: "things", Item: marshalled(given) };
  if (kind === "create")
    return { TableName: "things", Item: marshalled(given), ConditionExpression: "attribute_not_exists(p)" };
  const Key = marshalled({ p: given.p, s: given.s });
  if (kind === "delete") return { TableName: "things", Key };
  const one = { ":one": { N: "1" } };
  return { TableName: "things", Key, UpdateExpression: "ADD n :one", ExpressionAttributeValues: one };
}

type Call = (operation: string, input: object) => { Items: object[]; LastEvaluatedKey?: object };

/** @returns whether it was done */
function perform(call: Call, act: readonly Action[]): boolean {
  try {
    const [only] = act;
    if (act.length === 1 && only) call(`${kinds[only.kind]}Item`, inputOf(only));
    else call("TransactWriteItems", { TransactItems: act.map((each) => ({ [kinds[each.kind]]: inputOf(each) })) });
    return true;
  } catch (error) {
    if (error instanceof ServiceError && /^(ConditionalCheckFailed|TransactionCanceled)/.test(error.code)) return false;
    throw error;
  }
}

function pages(call: Call, operation: "Query" | "Scan", input: object, Limit: number): object[] {
  const found: object[] = [];
  let start: object | undefined;
  do {
    const { Items, LastEvaluatedKey } = call(operation, {
      ...input,
      Limit,
      ...(start ? { ExclusiveStartKey: start } : {}),
    });
    found.push(...Items);
    start = LastEvaluatedKey;
  } while (start);
  return found;
}

function expectSame(call: Call, model: ReadonlyMap<string, Thing>, limit: number): void {
  const things = [...model.values()];
  const sorted = (items: object[]) => items.map((item) => JSON.stringify(item, ["p", "s", "g", "n", "S", "N"])).sort();
  const expected = sorted(things.map(marshalled));
  expect(sorted(pages(call, "Scan", { TableName: "things" }, limit))).toEqual(expected);
  const segments = [0, 1, 2].flatMap((Segment) =>
    pages(call, "Scan", { TableName: "things", Segment, TotalSegments: 3 }, limit),
  );
  expect(sorted(segments)).toEqual(expected);
  for (const p of partitions) {
    const input = {
      TableName: "things",
      KeyConditionExpression: "p = :p AND s BETWEEN :low AND :high",
      ExpressionAttributeValues: { ":p": { S: p }, ":low": { N: "-5" }, ":high": { N: "11" } },
    };
    const inRange = things.filter((each) => each.p === p && each.s >= -5 && each.s <= 11).sort((a, b) => a.s - b.s);
    expect(pages(call, "Query", input, limit)).toEqual(inRange.map(marshalled));
    const reverse = pages(call, "Query", { ...input, ScanIndexForward: false }, limit);
    expect(reverse).toEqual(inRange.toReversed().map(marshalled));
  }
  for (const g of ["x", "y"]) {
    const input = {
      TableName: "things",
      IndexName: "byG",
      KeyConditionExpression: "g = :g",
      ExpressionAttributeValues: { ":g": { S: g } },
    };
    const entries = pages(call, "Query", input, limit);
    const numbers = (entries as { s: { N: string } }[]).map(({ s }) => Number(s.N));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(sorted(entries)).toEqual(sorted(things.filter((each) => each.g === g).map(marshalled)));
  }
}

test("whatever is done to a table, it is a map of its keys, in their order, by pages of any size, before and after a restart", () => {
  fc.assert(
    fc.property(acts, fc.integer({ min: 1, max: 7 }), (list, limit) => {
      const path = join(temporaryFolder(), "dynamodb.log");
      const open = (): Call => {
        const database = new Database({ path });
        database.open();
        return (operation, input) => JSON.parse(execute(database, operation, input as Record<string, unknown>));
      };
      const call = open();
      call("CreateTable", table);
      const model = new Map<string, Thing>();
      for (const act of list) {
        const results = act.map((each) => [keyText(each.thing), next(model, each)] as const);
        const isRefused = results.some(([, result]) => result === "refused");
        expect(perform(call, act)).toBe(!isRefused);
        if (isRefused) continue;
        for (const [text, result] of results) {
          if (result === undefined) model.delete(text);
          else if (result !== "refused") model.set(text, result);
        }
      }
      expectSame(call, model, limit);
      expectSame(open(), model, limit);
    }),
    { numRuns: 60 },
  );
});

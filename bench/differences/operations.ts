import { Random } from "./random";

type Value = Readonly<Record<string, unknown>>;
type Item = Readonly<Record<string, Value>>;

export interface Operation {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Two tables: of a partition and a sort key with an index of each kind, and of a binary key alone. */
export const tables = [
  {
    TableName: "pairs",
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [
      { AttributeName: "p", KeyType: "HASH" },
      { AttributeName: "s", KeyType: "RANGE" },
    ],
    AttributeDefinitions: [
      { AttributeName: "p", AttributeType: "S" },
      { AttributeName: "s", AttributeType: "N" },
      { AttributeName: "g", AttributeType: "S" },
      { AttributeName: "n", AttributeType: "N" },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: "byG",
        KeySchema: [
          { AttributeName: "g", KeyType: "HASH" },
          { AttributeName: "n", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["a", "m"] },
      },
    ],
    LocalSecondaryIndexes: [
      {
        IndexName: "byN",
        KeySchema: [
          { AttributeName: "p", KeyType: "HASH" },
          { AttributeName: "n", KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "ALL" },
      },
    ],
  },
  {
    TableName: "singles",
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "b", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "b", AttributeType: "B" }],
  },
];

const names = ["a", "g", "n", "m", "l", "t", "b", "p", "s", "missing"];
const numbers = ["0", "1", "-1", "2.50", "1e2", "-0.001", "12345678901234567890", "1E-130", "9.9E+125", "7"];
const texts = ["", "a", "ab", "abc", "é", "\u{1f600}", "A", "x".repeat(50)];
const binaries = ["", "AA==", "AAE=", "/w==", "YWJj"];
const types = ["S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"];
const comparators = ["=", "<>", "<", "<=", ">", ">="];

/** Random requests to DynamoDB: each operation on items, with each operator, valid and invalid. */
export class Operations {
  private readonly random: Random;
  /** Of the expression that is being made. */
  private values: Record<string, Value> = {};
  private names: Record<string, string> = {};

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  next(): Operation {
    const { random } = this;
    [this.values, this.names] = [{}, {}];
    const operation = random.of([
      () => this.put(),
      () => this.put(),
      () => this.put(),
      () => this.get(),
      () => this.update(),
      () => this.update(),
      () => this.update(),
      () => this.remove(),
      () => this.query(),
      () => this.query(),
      () => this.query(),
      () => this.scan(),
      () => this.batchGet(),
      () => this.batchWrite(),
      () => this.transactGet(),
      () => this.transactWrite(),
      () => this.legacy(),
    ])();
    return random.once(12) ? this.spoiled(operation) : operation;
  }

  private value(depth = 0): Value {
    const { random } = this;
    const type = random.of(depth < 3 ? types : types.slice(0, 8));
    switch (type) {
      case "S":
        return { S: random.of(texts) };
      case "N":
        return { N: random.of(numbers) };
      case "B":
        return { B: random.of(binaries) };
      case "BOOL":
        return { BOOL: random.once(2) };
      case "NULL":
        return { NULL: !random.once(30) };
      case "SS":
        return { SS: this.members(["a", "b", "c", "d"]) };
      case "NS":
        return { NS: this.members(["1", "2", "3.5", "-4"]) };
      case "BS":
        return { BS: this.members(["AA==", "AQ==", "Ag=="]) };
      case "L":
        return { L: random.list(3, () => this.value(depth + 1)) };
      default:
        return { M: Object.fromEntries(random.list(3, () => [random.of(["a", "b", "c"]), this.value(depth + 1)])) };
    }
  }

  private members(from: readonly string[]): readonly string[] {
    const found = from.filter(() => this.random.once(2));
    return found.length > 0 || this.random.once(20) ? found : from.slice(0, 1);
  }

  private table(): "pairs" | "singles" {
    return this.random.once(5) ? "singles" : "pairs";
  }

  private key(table: "pairs" | "singles"): Item {
    const { random } = this;
    if (table === "singles") return { b: { B: random.of(binaries.slice(random.once(20) ? 0 : 1)) } };
    return { p: { S: random.of(["x", "y", "z"]) }, s: { N: random.of(["1", "2", "3", "-1", "2.5", "1e1"]) } };
  }

  private item(table: "pairs" | "singles"): Item {
    const { random } = this;
    const item: Record<string, Value> = { ...this.key(table) };
    for (const name of ["a", "m", "l", "t"]) if (random.once(2)) item[name] = this.value();
    if (random.once(2)) item["g"] = random.once(15) ? this.value() : { S: random.of(["g1", "g2"]) };
    if (random.once(2)) item["n"] = random.once(15) ? this.value() : { N: random.of(numbers) };
    return item;
  }

  private operand(value = this.value()): string {
    const name = `:v${Object.keys(this.values).length}`;
    this.values[name] = value;
    return name;
  }

  private path(): string {
    const { random } = this;
    const first = random.of(names);
    const name = random.once(4) ? `#n${first}` : first;
    if (name.startsWith("#")) this.names[name] = first;
    const rest = random.once(3) ? random.of([".a", ".b", "[0]", "[1]", ".a[0]", "[0].a", ".a.b"]) : "";
    return name + rest;
  }

  private side(): string {
    const { random } = this;
    if (random.once(8)) return `size(${this.path()})`;
    return random.once(3) ? this.path() : this.operand();
  }

  private condition(depth = 0): string {
    const { random } = this;
    const kind = random.below(depth < 2 ? 14 : 10);
    if (kind < 4) return `${random.once(6) ? this.side() : this.path()} ${random.of(comparators)} ${this.side()}`;
    if (kind === 4) return `${this.path()} BETWEEN ${this.side()} AND ${this.side()}`;
    if (kind === 5)
      return `${this.path()} IN (${[this.operand(), ...random.list(2, () => this.operand())].join(", ")})`;
    if (kind === 6) return `${random.of(["attribute_exists", "attribute_not_exists"])}(${this.path()})`;
    if (kind === 7) return `attribute_type(${this.path()}, ${this.operand({ S: random.of([...types, "X"]) })})`;
    if (kind === 8) return `begins_with(${this.path()}, ${this.operand()})`;
    if (kind === 9) return `contains(${this.path()}, ${this.side()})`;
    if (kind === 10) return `NOT ${this.condition(depth + 1)}`;
    if (kind === 11) return `(${this.condition(depth + 1)})`;
    return `${this.condition(depth + 1)} ${random.of(["AND", "OR"])} ${this.condition(depth + 1)}`;
  }

  private change(clause: string): string {
    const { random } = this;
    const path = this.path();
    if (clause === "REMOVE") return path;
    if (clause !== "SET") return `${path} ${this.operand()}`;
    const operand = (): string => {
      if (random.once(5)) return `if_not_exists(${this.path()}, ${this.operand()})`;
      if (random.once(6)) return `list_append(${this.side()}, ${this.side()})`;
      return random.once(4) ? this.path() : this.operand();
    };
    return `${path} = ${operand()}${random.once(4) ? ` ${random.of(["+", "-"])} ${operand()}` : ""}`;
  }

  private changes(): string {
    const clauses = ["SET", "REMOVE", "ADD", "DELETE"].filter(() => this.random.once(3));
    return (clauses.length > 0 ? clauses : ["SET"])
      .map(
        (clause) => `${clause} ${[this.change(clause), ...this.random.list(2, () => this.change(clause))].join(", ")}`,
      )
      .join(" ");
  }

  private projection(): object {
    if (!this.random.once(4)) return {};
    return { ProjectionExpression: [this.path(), ...this.random.list(2, () => this.path())].join(", ") };
  }

  private substitutes(): object {
    const [values, substituted] = [Object.keys(this.values).length > 0, Object.keys(this.names).length > 0];
    return {
      ...(values ? { ExpressionAttributeValues: this.values } : {}),
      ...(substituted ? { ExpressionAttributeNames: this.names } : {}),
    };
  }

  private capacity(): object {
    return this.random.once(4) ? { ReturnConsumedCapacity: this.random.of(["TOTAL", "INDEXES", "NONE"]) } : {};
  }

  private guarded(): object {
    const { random } = this;
    return {
      ...(random.once(3) ? { ConditionExpression: this.condition() } : {}),
      ...(random.once(6) ? { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } : {}),
    };
  }

  private put(): Operation {
    const table = this.table();
    const values = this.random.once(3) ? { ReturnValues: this.random.of(["ALL_OLD", "NONE", "ALL_NEW"]) } : {};
    const members = { TableName: table, Item: this.item(table), ...values, ...this.guarded(), ...this.capacity() };
    return { name: "PutItem", input: { ...members, ...this.substitutes() } };
  }

  private remove(): Operation {
    const table = this.table();
    const values = this.random.once(2) ? { ReturnValues: this.random.of(["ALL_OLD", "NONE"]) } : {};
    const members = { TableName: table, Key: this.key(table), ...values, ...this.guarded(), ...this.capacity() };
    return { name: "DeleteItem", input: { ...members, ...this.substitutes() } };
  }

  private update(): Operation {
    const table = this.table();
    const ReturnValues = this.random.of(["ALL_OLD", "NONE", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"]);
    const members = { TableName: table, Key: this.key(table), ReturnValues, UpdateExpression: this.changes() };
    const more = { ...this.guarded(), ...this.capacity() };
    return { name: "UpdateItem", input: { ...members, ...more, ...this.substitutes() } };
  }

  private get(): Operation {
    const table = this.table();
    const consistent = this.random.once(2) ? { ConsistentRead: this.random.once(2) } : {};
    const members = { TableName: table, Key: this.key(table), ...consistent, ...this.projection(), ...this.capacity() };
    return { name: "GetItem", input: { ...members, ...this.substitutes() } };
  }

  private sortCondition(name: string): string {
    const { random } = this;
    const kind = random.below(6);
    const number = () => this.operand({ N: random.of(numbers) });
    if (kind === 0) return "";
    if (kind === 1) return ` AND ${name} BETWEEN ${number()} AND ${number()}`;
    if (kind === 2 && random.once(4)) return ` AND begins_with(${name}, ${this.operand()})`;
    return ` AND ${name} ${random.of(comparators)} ${random.once(15) ? this.operand() : number()}`;
  }

  private filtered(): object {
    return this.random.once(3) ? { FilterExpression: this.condition() } : {};
  }

  private selected(): object {
    if (!this.random.once(5)) return {};
    return { Select: this.random.of(["COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES"]) };
  }

  private query(): Operation {
    const { random } = this;
    const index = random.of(["", "", "byG", "byN"]);
    const [partition, sort] = index === "byG" ? ["g", "n"] : ["p", index === "byN" ? "n" : "s"];
    const value = this.operand({ S: random.of(index === "byG" ? ["g1", "g2"] : ["x", "y", "z", ""]) });
    return {
      name: "Query",
      input: {
        TableName: "pairs",
        ...(index ? { IndexName: index } : {}),
        KeyConditionExpression: `${partition} = ${value}${this.sortCondition(sort ?? "s")}`,
        ...(random.once(3) ? { ScanIndexForward: random.once(2) } : {}),
        ...(random.once(4) ? { Limit: 1 + random.below(4) } : {}),
        ...(random.once(6) ? { ConsistentRead: true } : {}),
        ...this.filtered(),
        ...this.projection(),
        ...this.selected(),
        ...this.capacity(),
        ...this.substitutes(),
      },
    };
  }

  private scan(): Operation {
    const { random } = this;
    const table = this.table();
    const index = table === "pairs" ? random.of(["", "byG", "byN"]) : "";
    const members = { ...this.filtered(), ...this.projection(), ...this.selected(), ...this.capacity() };
    const where = { TableName: table, ...(index ? { IndexName: index } : {}) };
    return { name: "Scan", input: { ...where, ...members, ...this.substitutes() } };
  }

  private batchGet(): Operation {
    const { random } = this;
    const table = this.table();
    const keys = [this.key(table), ...random.list(4, () => this.key(table))];
    const request = { Keys: keys, ...this.projection(), ...this.substitutes() };
    return { name: "BatchGetItem", input: { RequestItems: { [table]: request }, ...this.capacity() } };
  }

  private batchWrite(): Operation {
    const { random } = this;
    const table = this.table();
    const request = () =>
      random.once(2) ? { PutRequest: { Item: this.item(table) } } : { DeleteRequest: { Key: this.key(table) } };
    const requests = [request(), ...random.list(3, request)];
    return { name: "BatchWriteItem", input: { RequestItems: { [table]: requests }, ...this.capacity() } };
  }

  private transactGet(): Operation {
    const get = () => {
      const table = this.table();
      return { Get: { TableName: table, Key: this.key(table) } };
    };
    return {
      name: "TransactGetItems",
      input: { TransactItems: [get(), ...this.random.list(2, get)], ...this.capacity() },
    };
  }

  private transactWrite(): Operation {
    const { random } = this;
    const action = () => {
      [this.values, this.names] = [{}, {}];
      const table = this.table();
      const [key, onFailure] = [
        { TableName: table, Key: this.key(table) },
        random.once(3) ? { ReturnValuesOnConditionCheckFailure: "ALL_OLD" } : {},
      ];
      const guard = random.once(2) ? { ConditionExpression: this.condition() } : {};
      const kind = random.below(4);
      if (kind === 0)
        return { Put: { TableName: table, Item: this.item(table), ...guard, ...onFailure, ...this.substitutes() } };
      if (kind === 1) return { Delete: { ...key, ...guard, ...onFailure, ...this.substitutes() } };
      const more = kind === 2 ? { UpdateExpression: this.changes() } : { ConditionExpression: this.condition() };
      const input = { ...key, ...(kind === 2 ? guard : {}), ...more, ...onFailure, ...this.substitutes() };
      return kind === 2 ? { Update: input } : { ConditionCheck: input };
    };
    return {
      name: "TransactWriteItems",
      input: { TransactItems: [action(), ...random.list(2, action)], ...this.capacity() },
    };
  }

  private legacyCondition(): object {
    const { random } = this;
    const operator = random.of([
      "EQ",
      "NE",
      "LT",
      "LE",
      "GT",
      "GE",
      "NULL",
      "NOT_NULL",
      "CONTAINS",
      "NOT_CONTAINS",
      "BEGINS_WITH",
      "IN",
      "BETWEEN",
    ]);
    const count = operator.endsWith("NULL") ? 0 : operator === "BETWEEN" ? 2 : 1;
    const list = Array.from({ length: random.once(20) ? 1 : count }, () => this.value());
    return { ComparisonOperator: operator, ...(list.length > 0 ? { AttributeValueList: list } : {}) };
  }

  private legacy(): Operation {
    const { random } = this;
    const conditions = () =>
      Object.fromEntries(
        [random.of(names), ...random.list(1, () => random.of(names))].map((name) => [name, this.legacyCondition()]),
      );
    const kind = random.below(4);
    if (kind === 0) return { name: "Scan", input: { TableName: "pairs", ScanFilter: conditions() } };
    if (kind === 1)
      return {
        name: "Query",
        input: {
          TableName: "pairs",
          KeyConditions: { p: { ComparisonOperator: "EQ", AttributeValueList: [{ S: random.of(["x", "y"]) }] } },
          ...(random.once(2) ? { QueryFilter: conditions() } : {}),
        },
      };
    const Expected = random.once(2) ? { Expected: conditions() } : {};
    const where = { TableName: "pairs", Key: this.key("pairs"), ...Expected };
    if (kind === 2) return { name: "DeleteItem", input: where };
    const update = () => {
      const Action = random.of(["PUT", "ADD", "DELETE"]);
      return { Action, ...(Action === "DELETE" && random.once(2) ? {} : { Value: this.value() }) };
    };
    const AttributeUpdates = Object.fromEntries([random.of(names), random.of(names)].map((name) => [name, update()]));
    return {
      name: "UpdateItem",
      input: { ...where, AttributeUpdates, ReturnValues: random.of(["ALL_NEW", "UPDATED_OLD"]) },
    };
  }

  /** With something wrong: a member left out, of another type, or of another operation. */
  private spoiled({ name, input }: Operation): Operation {
    const { random } = this;
    const members = Object.keys(input);
    const member = random.of(members);
    const { [member]: value, ...rest } = input;
    const kind = random.below(6);
    if (kind === 0) return { name, input: rest };
    if (kind === 1) return { name, input: { ...rest, [member]: random.of([null, 5, true, "", "x", [], {}]) } };
    if (kind === 2) return { name, input: { ...input, TableName: random.of(["", "no", "none", "a b"]) } };
    if (kind === 3) return { name, input: { ...input, ExpressionAttributeNames: { "#unused": "a" } } };
    if (kind === 4 && typeof value === "string")
      return { name, input: { ...rest, [member]: `${value} ${random.of([")", "AND", "=", "#", "?", "SET"])}` } };
    return { name, input: { ...input, Key: { ...(input["Key"] as object), extra: { S: "x" } } } };
  }
}

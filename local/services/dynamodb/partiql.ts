import { notEmulated, ServiceError } from "../service";
import { answer, type JsonText } from "./answer";
import type { Item } from "./attribute-value";
import type { CapacityMode } from "./capacity";
import { valueAt } from "./condition";
import { checkShape } from "./constraints";
import type { Database } from "./database";
import { DetailedError, invalid } from "./errors";
import type { Path } from "./expression-grammar";
import { deleteItem, putItem, updateItem } from "./item-operations";
import { itemShapes } from "./item-shapes";
import { keyIn, parseStatement, type Statement } from "./partiql-statement";
import { query, scan } from "./search";
import { cancelled, type Reason, transactGetItems, transactWriteItems } from "./transactions";

/**
 * Statements of PartiQL, as the operations on items that they are. (API reference: ExecuteStatement,
 * BatchExecuteStatement, ExecuteTransaction)
 */

interface StatementInput {
  readonly Statement: string;
  readonly Parameters?: readonly unknown[];
  readonly ConsistentRead?: boolean;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

interface ExecuteInput extends StatementInput {
  readonly Limit?: number;
  readonly NextToken?: string;
  readonly ReturnConsumedCapacity?: CapacityMode;
}

/** Results of operations on items, as far as statements depend on them. */
interface Answered {
  readonly Items?: readonly Item[];
  readonly Attributes?: Item;
  readonly LastEvaluatedKey?: Item;
  readonly ConsumedCapacity?: object;
}

const answeredBy = ({ text }: JsonText): Answered => JSON.parse(text);

/** Members without those that have no value. */
const given = (members: object) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

const duplicate = () => new ServiceError("DuplicateItemException", "Duplicate primary key exists in table");

/** The names and values that expressions use. */
function substitutes({ substituted: { names, values } }: Statement, ...expressions: readonly (string | undefined)[]) {
  const used = new Set(expressions.join(" ").match(/#n\d+|:v\d+/g));
  const only = (all: Readonly<Record<string, unknown>>) => {
    const entries = Object.entries(all).filter(([name]) => used.has(name));
    return entries.length > 0 ? Object.fromEntries(entries) : undefined;
  };
  return { ExpressionAttributeNames: only(names), ExpressionAttributeValues: only(values) };
}

const allOf = (conditions: readonly string[]): string | undefined =>
  conditions.length > 0 ? conditions.join(" AND ") : undefined;

/** An attribute's name as expressions of a statement have it. */
function substitute({ substituted: { names } }: Statement, name: string): string {
  const free = `#n${Object.keys(names).length}`;
  names[free] = name;
  return free;
}

/** The key that a statement's conditions ask for, and what else they ask. @throws ServiceError when it is not whole */
function wholeKey(database: Database, statement: Statement) {
  const names = database.table(statement.table).key.map(({ name }) => name);
  const { key, others } = keyIn(statement, names);
  if (Object.keys(key).length === names.length) return { key, others };
  throw invalid("Where clause does not contain a mandatory equality on all key attributes");
}

type Writing = Exclude<Statement, { readonly kind: "Select" }>;

/** The members of the write that a statement is. */
function writeOf(database: Database, statement: Writing) {
  const { table: TableName } = statement;
  const [partition] = database.table(TableName).key;
  const members = (input: object, UpdateExpression?: string, ConditionExpression?: string) =>
    given({
      ...{ TableName, ...input, UpdateExpression, ConditionExpression },
      ...substitutes(statement, UpdateExpression, ConditionExpression),
    });
  const name = substitute(statement, partition?.name ?? "");
  if (statement.kind === "Insert") return members({ Item: statement.item }, undefined, `attribute_not_exists(${name})`);
  const { key: Key, others } = wholeKey(database, statement);
  if (statement.kind === "Delete") return members({ Key }, undefined, allOf(others));
  // What is not there is not made by a statement that updates.
  return members({ Key }, statement.update, allOf([`attribute_exists(${name})`, ...others]));
}

function write(database: Database, statement: Writing, input: ExecuteInput): Answered {
  const members = given({
    ...writeOf(database, statement),
    ReturnValues: statement.returned,
    ReturnConsumedCapacity: input.ReturnConsumedCapacity,
    ReturnValuesOnConditionCheckFailure: input.ReturnValuesOnConditionCheckFailure,
  });
  if (statement.kind === "Update") return answeredBy(updateItem(database, checkShape(members, itemShapes.UpdateItem)));
  if (statement.kind === "Delete") return answeredBy(deleteItem(database, checkShape(members, itemShapes.DeleteItem)));
  try {
    return answeredBy(putItem(database, checkShape(members, itemShapes.PutItem)));
  } catch (error) {
    if (error instanceof ServiceError && error.code === "ConditionalCheckFailedException") throw duplicate();
    throw error;
  }
}

type Selecting = Extract<Statement, { readonly kind: "Select" }>;

/** The conditions of a key, if the partition key has to have one value, and the others. */
function keyConditions(statement: Selecting, [partition, sort]: readonly { readonly name: string }[]) {
  const { conditions, substituted } = statement;
  const of = (name: string | undefined, form: RegExp) => (condition: string) => {
    const [substitute = ""] = /#n\d+/.exec(condition) ?? [];
    return name !== undefined && substituted.names[substitute] === name && form.test(condition);
  };
  const first = conditions.find(of(partition?.name, /^#n\d+ = :v\d+$/));
  if (first === undefined) return undefined;
  const range = /^#n\d+ (?:[<>]=?|=) :v\d+$|^#n\d+ BETWEEN :v\d+ AND :v\d+$|^begins_with \( #n\d+ , :v\d+ \)$/;
  const second = conditions.find(of(sort?.name, range));
  const keyed = [first, ...(second === undefined ? [] : [second])];
  const others = conditions.filter((condition) => !keyed.includes(condition));
  const keyNames = [partition?.name, sort?.name];
  const isPlain = others.every((text) =>
    (text.match(/#n\d+/g) ?? []).every((name) => !keyNames.includes(substituted.names[name])),
  );
  return isPlain ? { keyed, others } : undefined;
}

/** Values at paths, by the last of their names. */
const shownAt = (item: Item, paths: readonly Path[]): Item =>
  Object.fromEntries(
    paths.flatMap((path, at) => {
      const [value, name] = [valueAt(item, path), path.at(-1)];
      return value ? [[typeof name === "string" ? name : `_${at + 1}`, value]] : [];
    }),
  );

function startOf(token: string | undefined): unknown {
  if (token === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(token, "base64").toString());
  } catch {
    throw invalid("NextToken does not match request");
  }
}

function read(database: Database, statement: Selecting, input: ExecuteInput): Answered {
  const { table: TableName, index: IndexName, order, paths } = statement;
  const table = database.table(TableName);
  const key = IndexName === undefined ? table.key : table.index(IndexName).key;
  const found = keyConditions(statement, key);
  const members = {
    TableName,
    IndexName,
    Limit: input.Limit,
    ConsistentRead: input.ConsistentRead,
    ReturnConsumedCapacity: input.ReturnConsumedCapacity,
    ExclusiveStartKey: startOf(input.NextToken),
  };
  const search = (): JsonText => {
    const filter = allOf(found ? found.others : statement.conditions);
    const keyed = found && allOf(found.keyed);
    const expressions = { FilterExpression: filter, ...substitutes(statement, keyed, filter) };
    if (keyed === undefined) {
      if (order) throw invalid("Must have WHERE clause in the statement when using ORDER BY clause.");
      return scan(database, checkShape(given({ ...members, ...expressions }), itemShapes.Scan));
    }
    const sorted = { KeyConditionExpression: keyed, ScanIndexForward: order?.isForward };
    return query(database, checkShape(given({ ...members, ...expressions, ...sorted }), itemShapes.Query));
  };
  const answered = answeredBy(search());
  return paths ? { ...answered, Items: (answered.Items ?? []).map((item) => shownAt(item, paths)) } : answered;
}

function perform(database: Database, statement: Statement, input: ExecuteInput): Answered {
  if (statement.kind === "Select") return read(database, statement, input);
  const { Attributes, ConsumedCapacity } = write(database, statement, input);
  return { Items: Attributes ? [Attributes] : [], ...(ConsumedCapacity ? { ConsumedCapacity } : {}) };
}

const parsed = ({ Statement: text, Parameters: parameters }: StatementInput): Statement =>
  parseStatement(text, parameters);

/** ExecuteStatement */
export function executeStatement(database: Database, input: ExecuteInput): JsonText {
  const { Items = [], LastEvaluatedKey: last, ConsumedCapacity } = perform(database, parsed(input), input);
  const NextToken = last && Buffer.from(JSON.stringify(last)).toString("base64");
  return answer({ Items, NextToken, LastEvaluatedKey: last, ConsumedCapacity });
}

/** Checks that statements all read, or all write. */
function checkKinds(statements: readonly Statement[], words: string): boolean {
  const reading = statements.filter(({ kind }) => kind === "Select").length;
  if (reading > 0 && reading < statements.length) throw invalid(words);
  return reading > 0;
}

/** The code of an error in a batch's response: the exception's name without that suffix. */
const codeOf = ({ code }: ServiceError): string =>
  code === "ValidationException" ? "ValidationError" : code.replace(/Exception$/, "");

interface BatchInput {
  readonly Statements: readonly StatementInput[];
  readonly ReturnConsumedCapacity?: CapacityMode;
}

/** BatchExecuteStatement: each by itself, one that fails stops none of the others. */
export function batchExecuteStatement(
  database: Database,
  { Statements, ReturnConsumedCapacity: mode }: BatchInput,
): JsonText {
  const consumed: object[] = [];
  const attempted = Statements.map((input) => ({ input, result: settled(() => parsed(input)) }));
  const statements = attempted.flatMap(({ result }) => ("value" in result ? [result.value] : []));
  checkKinds(statements, "Batch statements must be either all read or all write operations.");
  const Responses = attempted.map(({ input, result }) => {
    if ("Error" in result) return result;
    const { value: statement } = result;
    const done = settled(() => {
      if (statement.kind === "Select") wholeKey(database, statement);
      return perform(database, statement, {
        ...input,
        ...(mode === undefined ? {} : { ReturnConsumedCapacity: mode }),
      });
    });
    if ("Error" in done) return { TableName: statement.table, ...done };
    const [Item] = done.value.Items ?? [];
    if (done.value.ConsumedCapacity) consumed.push(done.value.ConsumedCapacity);
    return { TableName: statement.table, ...(Item ? { Item } : {}) };
  });
  return answer({ Responses, ConsumedCapacity: consumed.length > 0 ? consumed : undefined });
}

type Settled<T> = { readonly value: T } | { readonly Error: object };

function settled<T>(work: () => T): Settled<T> {
  try {
    return { value: work() };
  } catch (error) {
    if (!(error instanceof ServiceError) || error.status >= 500) throw error;
    const item = error instanceof DetailedError && "Item" in error.details ? { Item: error.details["Item"] } : {};
    return { Error: { Code: codeOf(error), Message: error.message, ...item } };
  }
}

interface TransactionInput {
  readonly TransactStatements: readonly StatementInput[];
  readonly ClientRequestToken?: string;
  readonly ReturnConsumedCapacity?: CapacityMode;
}

const actions = { Insert: "Put", Update: "Update", Delete: "Delete" } as const;

/** ExecuteTransaction */
export function executeTransaction(database: Database, input: TransactionInput): JsonText {
  const statements = input.TransactStatements.map(parsed);
  const { ClientRequestToken, ReturnConsumedCapacity } = input;
  if (checkKinds(statements, "Transaction statements must be either all read or all write operations.")) {
    const TransactItems = statements.map((statement) => {
      const { key: Key, others } = wholeKey(database, statement);
      if (others.length > 0) throw notEmulated("DynamoDB", "a condition beside the key in a transaction's SELECT");
      return { Get: { TableName: statement.table, Key } };
    });
    return transactGetItems(
      database,
      checkShape(given({ TransactItems, ReturnConsumedCapacity }), itemShapes.TransactGetItems),
    );
  }
  const TransactItems = statements.flatMap((statement, at) => {
    if (statement.kind === "Select") return [];
    const onFailure = input.TransactStatements[at]?.ReturnValuesOnConditionCheckFailure;
    const members = given({ ...writeOf(database, statement), ReturnValuesOnConditionCheckFailure: onFailure });
    return [{ [actions[statement.kind]]: members }];
  });
  const members = given({ TransactItems, ClientRequestToken, ReturnConsumedCapacity });
  try {
    const { ConsumedCapacity } = answeredBy(
      transactWriteItems(database, checkShape(members, itemShapes.TransactWriteItems)),
    );
    return answer({ Responses: statements.map(() => ({})), ConsumedCapacity });
  } catch (error) {
    throw ofInserts(error, statements);
  }
}

/** A failed condition of an insertion is that the item is there. */
function ofInserts(error: unknown, statements: readonly Statement[]): unknown {
  if (!(error instanceof DetailedError) || error.code !== "TransactionCanceledException") return error;
  const reasons = error.details["CancellationReasons"];
  if (!Array.isArray(reasons)) return error;
  return cancelled(
    reasons.map((reason: Reason, at) =>
      reason.Code === "ConditionalCheckFailed" && statements[at]?.kind === "Insert"
        ? { Code: "DuplicateItem", Message: duplicate().message }
        : reason,
    ),
  );
}

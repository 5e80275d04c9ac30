import { notEmulated } from "../service";
import type { AttributeValue, Item } from "./attribute-value";
import { invalid } from "./errors";
import type { Path } from "./expression-grammar";
import { PartiqlParts, type Substituted } from "./partiql-parts";
import { unexpected } from "./partiql-tokens";

interface Common {
  readonly table: string;
  readonly substituted: Substituted;
  /** Conditions that all have to be met, as DynamoDB's own expressions write them. */
  readonly conditions: readonly string[];
  readonly returned?: string;
}

/** A statement of PartiQL for DynamoDB. (Developer guide: "PartiQL select/insert/update/delete statements for DynamoDB") */
export type Statement =
  | (Common & { readonly kind: "Insert"; readonly item: Item })
  | (Common & {
      readonly kind: "Select";
      readonly index: string | undefined;
      /** All attributes without. */
      readonly paths: readonly Path[] | undefined;
      readonly order: { readonly by: string; readonly isForward: boolean } | undefined;
    })
  | (Common & { readonly kind: "Update"; readonly update: string })
  | (Common & { readonly kind: "Delete" });

function where(parts: PartiqlParts): readonly string[] {
  if (!parts.takes("WHERE")) return [];
  const conditions = parts.conjuncts();
  if (conditions.length === 0) throw unexpected("WHERE");
  return conditions;
}

/** `RETURNING (ALL | MODIFIED) (OLD | NEW) *`, as `ReturnValues` says it. */
function returning(parts: PartiqlParts): { readonly returned?: string } {
  if (!parts.takes("RETURNING")) return {};
  const which = parts.takes("MODIFIED") ? "UPDATED" : "ALL";
  if (which === "ALL") parts.expect("ALL");
  const when = parts.takes("NEW") ? "NEW" : "OLD";
  if (when === "OLD") parts.expect("OLD");
  if (!parts.takesSymbol("*")) throw unexpected("RETURNING");
  return { returned: `${which}_${when}` };
}

function listOf<T>(parts: PartiqlParts, element: () => T): T[] {
  const found = [element()];
  while (parts.takesSymbol(",")) found.push(element());
  return found;
}

function select(parts: PartiqlParts): Statement {
  const paths = parts.takesSymbol("*") ? undefined : listOf(parts, () => parts.path());
  parts.expect("FROM");
  const table = parts.name();
  const index = parts.takesSymbol(".") ? parts.name() : undefined;
  const conditions = where(parts);
  const by = parts.takes("ORDER", "BY") ? parts.name() : undefined;
  const isForward = !parts.takes("DESC");
  if (isForward) parts.takes("ASC");
  const order = by === undefined ? undefined : { by, isForward };
  return { kind: "Select", table, index, paths, conditions, order, substituted: parts.substituted };
}

function insert(parts: PartiqlParts): Statement {
  parts.expect("INTO");
  const table = parts.name();
  parts.expect("VALUE");
  const { M: item } = parts.value();
  if (!item)
    throw invalid(
      'Unsupported operation: Inserting multiple items in a single statement is not supported, use "INSERT INTO tableName VALUE item" instead',
    );
  return { kind: "Insert", table, item, conditions: [], substituted: parts.substituted };
}

/** One change of SET: sets are added to and taken from by functions, where DynamoDB's own expressions have clauses. */
function assignment(parts: PartiqlParts): readonly [clause: string, change: string] {
  const path = parts.pathText(parts.path());
  if (!parts.takesSymbol("=")) throw unexpected("SET");
  const value = parts.operand();
  const [, name, operand] = /^(set_add|set_delete) \( #n\d+ , (:v\d+) \)$/.exec(value) ?? [];
  if (operand === undefined) return ["SET", `${path} = ${value}`];
  return [name === "set_add" ? "ADD" : "DELETE", `${path} ${operand}`];
}

function update(parts: PartiqlParts): Statement {
  const table = parts.name();
  const clauses = new Map<string, string[]>();
  const add = ([clause, change]: readonly [string, string]) =>
    clauses.set(clause, [...(clauses.get(clause) ?? []), change]);
  while (parts.isWord("SET", "REMOVE")) {
    if (parts.takes("SET")) listOf(parts, () => add(assignment(parts)));
    else {
      parts.expect("REMOVE");
      listOf(parts, () => add(["REMOVE", parts.pathText(parts.path())]));
    }
  }
  if (clauses.size === 0) throw unexpected("UPDATE");
  const text = [...clauses].map(([clause, changes]) => `${clause} ${changes.join(", ")}`).join(" ");
  const conditions = where(parts);
  return { kind: "Update", table, update: text, conditions, substituted: parts.substituted, ...returning(parts) };
}

function remove(parts: PartiqlParts): Statement {
  parts.expect("FROM");
  const table = parts.name();
  const conditions = where(parts);
  return { kind: "Delete", table, conditions, substituted: parts.substituted, ...returning(parts) };
}

/** A statement with its parameters in place. @throws ServiceError when it is not well formed */
export function parseStatement(source: string, parameters: readonly unknown[] = []): Statement {
  const parts = new PartiqlParts(source, parameters);
  const readers = { SELECT: select, INSERT: insert, UPDATE: update, DELETE: remove };
  for (const [word, read] of Object.entries(readers)) {
    if (!parts.takes(word)) continue;
    const statement = read(parts);
    parts.end();
    return statement;
  }
  if (parts.takes("EXISTS")) throw notEmulated("DynamoDB", "EXISTS of PartiQL");
  throw unexpected(source.trim().split(/\s/, 1)[0] ?? "");
}

/** Conditions on a key: its values, by the names of its attributes, and the other conditions. */
export function keyIn({ conditions, substituted: { names, values } }: Statement, wanted: readonly string[]) {
  const key = new Map<string, AttributeValue>();
  const others = conditions.filter((condition) => {
    const [, name = "", value = ""] = /^(#n\d+) = (:v\d+)$/.exec(condition) ?? [];
    const [attribute, found] = [names[name], values[value]];
    if (attribute === undefined || found === undefined || !wanted.includes(attribute) || key.has(attribute))
      return true;
    key.set(attribute, found);
    return false;
  });
  return { key: Object.fromEntries(key), others };
}

import type { Json } from "../../lib/json";
import { messageOf, UserError } from "../../lib/user-error";
import { type Arguments, isAttributes } from "./arguments";

type Statement = { readonly [name: string]: Json };

interface Document {
  readonly version: string;
  readonly id?: string;
  readonly statements: readonly Statement[];
}

/** A list of one is that one: as Terraform writes policies, and AWS reads both. */
const single = (values: readonly string[]): Json => (values.length === 1 ? (values[0] ?? "") : values);

/** Policy variables are written with `&{`, since Terraform would interpolate `${`. */
const filledByIam = (text: string): string => text.replaceAll("&{", "${");

/** A member of a statement, if it is given. */
function member(name: string, values: readonly string[]): Statement {
  return values.length === 0 ? {} : { [name]: single(values.map(filledByIam)) };
}

/** Values by a first and, below it, a second name; those of equal names are together. */
class Grouped {
  private readonly values = new Map<string, Map<string, string[]>>();

  add([first, second]: readonly [string, string], values: readonly string[]): void {
    const below = this.values.get(first) ?? new Map<string, string[]>();
    this.values.set(first, below);
    below.set(second, [...(below.get(second) ?? []), ...values.map(filledByIam)]);
  }

  get json(): { readonly [name: string]: { readonly [name: string]: Json } } {
    return Object.fromEntries(
      [...this.values].map(([first, below]) => [
        first,
        Object.fromEntries([...below].map(([second, values]) => [second, single(values)])),
      ]),
    );
  }
}

function principals(name: string, statement: Arguments, argument: string): Statement {
  const grouped = new Grouped();
  const all = statement.blocks(argument);
  for (const one of all) grouped.add(["", one.text("type")], one.texts("identifiers"));
  if (all.length === 0) return {};
  const byType = grouped.json[""] ?? {};
  const isEverybody = Object.keys(byType).length === 1 && byType["*"] === "*";
  return { [name]: isEverybody ? "*" : byType };
}

function conditions(statement: Arguments): Statement {
  const grouped = new Grouped();
  const all = statement.blocks("condition");
  for (const one of all) grouped.add([one.text("test"), one.text("variable")], one.texts("values"));
  return all.length === 0 ? {} : { Condition: grouped.json };
}

function statementOf(statement: Arguments): Statement {
  statement.refuseOthers(
    ...["sid", "effect", "actions", "not_actions", "resources", "not_resources"],
    ...["principals", "not_principals", "condition"],
  );
  const sid = statement.optionalText("sid") ?? "";
  return {
    ...(sid === "" ? {} : { Sid: sid }),
    Effect: statement.optionalText("effect") ?? "Allow",
    ...member("Action", statement.texts("actions")),
    ...member("NotAction", statement.texts("not_actions")),
    ...member("Resource", statement.texts("resources")),
    ...member("NotResource", statement.texts("not_resources")),
    ...principals("Principal", statement, "principals"),
    ...principals("NotPrincipal", statement, "not_principals"),
    ...conditions(statement),
  };
}

function parsed(text: string, place: string): Document {
  let document: Json;
  try {
    document = JSON.parse(text) as Json;
  } catch (error) {
    throw new UserError(`${place} must be JSON: ${messageOf(error)}`);
  }
  const { Version, Id, Statement = [] } = isAttributes(document) ? document : {};
  const statements: readonly Json[] = Array.isArray(Statement) ? Statement : [Statement];
  if (!isAttributes(document) || !statements.every(isAttributes)) throw new UserError(`${place} must be a policy`);
  return { version: String(Version ?? ""), statements, ...(typeof Id === "string" ? { id: Id } : {}) };
}

const documentsIn = (data: Arguments, argument: string): readonly Document[] =>
  data.texts(argument).map((text, index) => parsed(text, `${data.address}: ${argument}[${index}]`));

/** @throws UserError when two statements go by one name */
function refuseDoubles(statements: readonly Statement[], place: string): void {
  const names = statements.flatMap(({ Sid }) => (typeof Sid === "string" && Sid !== "" ? [Sid] : []));
  const double = names.find((name, at) => names.indexOf(name) < at);
  if (double !== undefined) throw new UserError(`${place}: sid ${double} stands twice; take one away, or rename it`);
}

/** A later document's statements are appended, or replace those of the same `sid`. */
function merged(one: Document, other: Document): Document {
  const statements = [...one.statements];
  for (const next of other.statements) {
    const at = next["Sid"] ? statements.findIndex(({ Sid }) => Sid === next["Sid"]) : -1;
    if (at < 0) statements.push(next);
    else statements[at] = next;
  }
  const id = other.id ?? one.id;
  return {
    version: other.version > one.version ? other.version : one.version,
    statements,
    ...(id === undefined ? {} : { id }),
  };
}

/**
 * The policy that Terraform's data source `aws_iam_policy_document` makes of its arguments, which needs no AWS (AWS provider,
 * data source aws_iam_policy_document).
 *
 * @throws UserError naming an argument that is none of its, or that Terraform would refuse
 */
export function policyDocument(data: Arguments): { readonly [name: string]: Json } {
  data.refuseOthers(
    ...["statement", "source_policy_documents", "override_policy_documents", "policy_id", "version"],
    ...["//", "depends_on", "lifecycle", "provider"],
  );
  const sources = documentsIn(data, "source_policy_documents");
  const overrides = documentsIn(data, "override_policy_documents");
  const statements = data.blocks("statement").map(statementOf);
  refuseDoubles(statements, data.address);
  refuseDoubles(
    sources.flatMap((source) => source.statements),
    data.address,
  );
  const id = data.optionalText("policy_id");
  const own: Document = {
    version: data.optionalText("version") ?? "2012-10-17",
    statements,
    ...(id === undefined ? {} : { id }),
  };
  const whole = [...sources, own, ...overrides].reduce(merged);
  return {
    Version: whole.version,
    ...(whole.id === undefined ? {} : { Id: whole.id }),
    ...(whole.statements.length === 0 ? {} : { Statement: whole.statements }),
  };
}

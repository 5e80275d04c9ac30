import { dirname } from "node:path";
import { isEmulated } from "../../aws/catalogue";
import type { Json } from "../../lib/json";
import { UserError } from "../../lib/user-error";
import { readDocument } from "../../stack-json/document";
import { type Attributes, isAttributes } from "./arguments";
import { notEmulated } from "./not-emulated";
import { givenValue, regionVariable } from "./variables";

/** A synthesized stack as it lies on disk: nothing is resolved yet. */
export interface StackFile {
  readonly name: string;
  /** The folder that paths in it are relative to. */
  readonly folder: string;
  readonly region: string;
  readonly accountId: string;
  /** Tags of all resources that can have any. */
  readonly defaultTags: Readonly<Record<string, string>>;
  /** type → name → arguments */
  readonly resources: ReadonlyMap<string, ReadonlyMap<string, Attributes>>;
  readonly variables: ReadonlyMap<string, Attributes>;
  readonly locals: Attributes;
  /** Of data sources: type → name → arguments */
  readonly dataSources: ReadonlyMap<string, ReadonlyMap<string, Attributes>>;
}

const readBlocks = new Set([
  ...["//", "data", "locals", "output", "provider", "resource", "terraform", "variable"],
  // About a state, of which there is none here.
  ...["check", "import", "moved", "removed"],
]);
/** Meta-arguments that make several resources of one, or are read nowhere here. */
const unreadMeta = ["count", "for_each", "dynamic", "provider"];
const silentMeta = new Set(["//", "depends_on", "lifecycle"]);

function blocks(value: Json | undefined, where: string): ReadonlyMap<string, Attributes> {
  const entries = Object.entries(isAttributes(value) ? value : {});
  return new Map(
    entries.map(([name, attributes]) => {
      if (!isAttributes(attributes)) throw new UserError(`${where}.${name}: must be an object`);
      return [name, attributes];
    }),
  );
}

/**
 * Whether an argument has no effect here: what is about Terraform, and a hash that only Terraform computes, of a file
 * that is here.
 */
const isSilent = (name: string, value: Json): boolean =>
  silentMeta.has(name) ||
  (name === "source_code_hash" && String(value).startsWith("${")) ||
  // Of a deployment: whatever changes makes another one.
  name === "triggers";

function withoutMeta(address: string, attributes: Attributes): Attributes {
  const decides = isEmulated(address.split(".")[0] ?? "");
  const unread = unreadMeta.find((name) => decides && attributes[name] !== undefined);
  if (unread) throw notEmulated(address, `${unread} is not emulated here`);
  return Object.fromEntries(Object.entries(attributes).filter(([name, value]) => !isSilent(name, value)));
}

/** An account id; the one that deploys is unknown here. */
const anyAccount = "000000000000";

type Known = (value: Json | undefined, what: string) => string | undefined;

/** Literals, and variables that have a value. */
function known(variables: ReadonlyMap<string, Attributes>, where: string): Known {
  return (value, what) => {
    const [, name] = /^\$\{var\.([\w-]+)\}$/.exec(String(value)) ?? [];
    const variable = name === undefined ? undefined : variables.get(name);
    const found = name !== undefined && variable ? givenValue(name, variable) : value;
    if (found === undefined || found === null) return undefined;
    if (typeof found === "string" && !found.includes("${")) return found;
    throw new UserError(
      `${where}: provider.aws: ${what} must be a literal or a variable with a value, got ${JSON.stringify(value)}`,
    );
  };
}

/** The tags that the provider gives to all resources, as far as they are literals. */
function defaultTags(aws: Attributes): Readonly<Record<string, string>> {
  const [block] = [aws["default_tags"] ?? []].flat();
  const tags = isAttributes(block) && isAttributes(block["tags"]) ? block["tags"] : {};
  const isLiteral = (entry: [string, Json]): entry is [string, string] =>
    typeof entry[1] === "string" && !entry[1].includes("${");
  return Object.fromEntries(Object.entries(tags).filter(isLiteral));
}

function provider(
  document: Attributes,
  where: string,
  read: Known,
): Pick<StackFile, "region" | "accountId" | "defaultTags"> {
  const providers = document["provider"];
  const aws = isAttributes(providers) ? providers["aws"] : undefined;
  const all: readonly Json[] = Array.isArray(aws) ? aws : aws === undefined ? [] : [aws];
  // One with an alias is for resources that name it.
  const [first = {}, ...others] = all.filter((one) => !isAttributes(one) || one["alias"] === undefined);
  if (!isAttributes(first) || others.length > 0) {
    throw new UserError(`${where}: must have no more than one provider "aws" without an alias`);
  }
  const { allowed_account_ids: accounts } = first;
  const accountId = read(Array.isArray(accounts) ? accounts[0] : undefined, "allowed_account_ids") ?? anyAccount;
  if (!/^\d{12}$/.test(accountId)) {
    throw new UserError(`${where}: provider.aws: allowed_account_ids must be 12 digits, got ${accountId}`);
  }
  const region = read(first["region"], "region") ?? regionVariable();
  if (region !== undefined) return { region, accountId, defaultTags: defaultTags(first) };
  throw new UserError(`${where}: provider.aws: region must be set, got none; set it, or AWS_REGION`);
}

/**
 * Reads `cdk.tf.json`.
 *
 * @throws UserError naming the block that is not read, so that nothing is half served
 */
export function readStackFile(path: string, name: string): StackFile {
  const document = readDocument(path);
  const unread = Object.keys(document).filter((block) => !readBlocks.has(block));
  if (unread.length > 0) throw new UserError(`${name}: top-level ${unread.join(", ")} is not emulated here`);
  const resources = new Map<string, ReadonlyMap<string, Attributes>>();
  for (const [type, named] of blocks(document["resource"], "resource")) {
    const entries = [...blocks(named, type)];
    resources.set(type, new Map(entries.map(([id, found]) => [id, withoutMeta(`${type}.${id}`, found)])));
  }
  const variables = blocks(document["variable"], "variable");
  return {
    name,
    folder: dirname(path),
    ...provider(document, name, known(variables, name)),
    resources,
    variables,
    dataSources: new Map([...blocks(document["data"], "data")].map(([type, named]) => [type, blocks(named, type)])),
    locals: isAttributes(document["locals"]) ? document["locals"] : {},
  };
}

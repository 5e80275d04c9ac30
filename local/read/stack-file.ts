import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { isEmulated } from "../../aws/catalogue";
import { type Attributes, isAttributes, type Value } from "../../stack-json/values";
import { UserError } from "../lib/user-error";
import { notEmulated } from "./not-emulated";

/** A synthesized stack as it lies on disk: nothing is resolved yet. */
export interface StackFile {
  readonly name: string;
  /** The folder that paths in it are relative to. */
  readonly folder: string;
  readonly region: string;
  readonly accountId: string;
  /** type → name → arguments */
  readonly resources: ReadonlyMap<string, ReadonlyMap<string, Attributes>>;
  readonly variables: ReadonlyMap<string, Attributes>;
  readonly locals: Attributes;
  /** The data sources: `aws_region.current`. */
  readonly dataSources: ReadonlySet<string>;
}

const readBlocks = new Set([
  ...["//", "data", "locals", "output", "provider", "resource", "terraform", "variable"],
  // About a state, of which there is none here.
  ...["check", "import", "moved", "removed"],
]);
/** What makes other resources of one, or is no argument of it at all. */
const unreadMeta = ["count", "for_each", "dynamic", "provider"];
const silentMeta = new Set(["//", "depends_on", "lifecycle"]);

function blocks(value: Value | undefined, where: string): ReadonlyMap<string, Attributes> {
  const entries = Object.entries(isAttributes(value) ? value : {});
  return new Map(
    entries.map(([name, attributes]) => {
      if (!isAttributes(attributes)) throw new UserError(`${where}.${name}: must be an object`);
      return [name, attributes];
    }),
  );
}

function withoutMeta(address: string, attributes: Attributes): Attributes {
  const decides = isEmulated(address.split(".")[0] ?? "");
  const unread = unreadMeta.find((name) => decides && attributes[name] !== undefined);
  if (unread) throw notEmulated(address, `${unread} is not read here`);
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !silentMeta.has(name)));
}

function provider(document: Attributes, where: string): { region: string; accountId: string } {
  const providers = document["provider"];
  const aws = isAttributes(providers) ? providers["aws"] : undefined;
  const all: readonly Value[] = Array.isArray(aws) ? aws : aws === undefined ? [] : [aws];
  // One with an alias is for resources that name it.
  const [first, ...others] = all.filter((one) => !isAttributes(one) || one["alias"] === undefined);
  if (!isAttributes(first) || others.length > 0) {
    throw new UserError(`${where}: needs exactly one provider "aws" without an alias`);
  }
  const { region, allowed_account_ids: accounts } = first;
  const accountId = Array.isArray(accounts) ? accounts[0] : undefined;
  if (typeof region !== "string") throw new UserError(`${where}: provider.aws: region must be a literal`);
  if (typeof accountId !== "string")
    throw new UserError(`${where}: provider.aws: allowed_account_ids must name the account`);
  return { region, accountId };
}

/**
 * Reads `cdk.tf.json`.
 *
 * @throws UserError naming the block that is not read, so that nothing is half served
 */
export function readStackFile(path: string, name: string): StackFile {
  const document = JSON.parse(readFileSync(path, "utf8")) as Attributes;
  const unread = Object.keys(document).filter((block) => !readBlocks.has(block));
  if (unread.length > 0) throw new UserError(`${name}: top-level ${unread.join(", ")} is not read locally`);
  const resources = new Map<string, ReadonlyMap<string, Attributes>>();
  for (const [type, named] of blocks(document["resource"], "resource")) {
    const entries = [...blocks(named, type)];
    resources.set(type, new Map(entries.map(([id, found]) => [id, withoutMeta(`${type}.${id}`, found)])));
  }
  return {
    name,
    folder: dirname(path),
    ...provider(document, name),
    resources,
    variables: blocks(document["variable"], "variable"),
    dataSources: new Set(
      [...blocks(document["data"], "data")].flatMap(([type, named]) =>
        [...blocks(named, type).keys()].map((id) => `${type}.${id}`),
      ),
    ),
    locals: isAttributes(document["locals"]) ? document["locals"] : {},
  };
}

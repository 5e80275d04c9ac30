import { titleOf } from "../aws/catalogue";
import type { Arguments, StackJson } from "./document";
import { replaceReferences } from "./references";

/** A resource of a stack, and what people call it. */
export interface Resource {
  /** `aws_dynamodb_table.records` */
  readonly address: string;
  readonly type: string;
  /** The construct's path below the stack: `get-record/role`. */
  readonly path: string;
  /** `DynamoDB table records` */
  readonly label: string;
  /** The provider's arguments, without Terraform's meta-arguments. */
  readonly args: Arguments;
  /** Arguments that Terraform leaves as they are. */
  readonly ignored: readonly string[];
  /** The addresses whose change replaces it (`replace_triggered_by`). */
  readonly replacedBy: readonly string[];
}

interface Lifecycle {
  readonly ignore_changes?: readonly string[] | "all";
  readonly replace_triggered_by?: readonly string[];
}

function resourceOf(type: string, name: string, stated: Arguments): Resource {
  const { "//": note, lifecycle = {}, depends_on: _, ...args } = stated;
  const { ignore_changes = [], replace_triggered_by = [] } = lifecycle as Lifecycle;
  const constructPath = (note as { metadata?: { path?: string } } | undefined)?.metadata?.path;
  const path = constructPath?.replace(/^[^/]*\//, "").replace(/\/Default$/, "") ?? name;
  const ignored = ignore_changes === "all" ? Object.keys(args) : ignore_changes;
  return {
    address: `${type}.${name}`,
    type,
    path,
    label: `${titleOf(type)} ${path}`,
    args,
    ignored,
    replacedBy: replace_triggered_by,
  };
}

/** The resources of a stack, by address. */
export function resourcesOf({ resource = {} }: StackJson): Map<string, Resource> {
  const all = Object.entries(resource).flatMap(([type, named]) =>
    Object.entries(named).map(([name, args]) => resourceOf(type, name, args)),
  );
  return new Map(all.map((one) => [one.address, one]));
}

/** A text with paths instead of references: `${aws_s3_bucket.logs.arn}/a/*` → `logs/a/*`. */
export const inWords = (text: string, resources: ReadonlyMap<string, Resource>): string =>
  replaceReferences(text, ({ address }, source) => resources.get(address)?.path ?? source);

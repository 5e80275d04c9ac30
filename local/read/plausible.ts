import { createHash } from "node:crypto";
import { arnOf } from "../../aws/arn";
import type { Json } from "../../lib/json";

/** A resource that is not emulated, and where it would be. */
export interface NotEmulated {
  readonly type: string;
  readonly name: string;
  readonly stack: string;
  readonly region: string;
  readonly accountId: string;
}

const hexOf = ({ stack, type, name }: NotEmulated): string =>
  createHash("sha256").update(`${stack}/${type}.${name}`).digest("hex");

/** `aws_neptune_cluster` is of the service `neptune`. */
const serviceOf = (type: string): string => type.split("_")[1] ?? type;

const host = (from: NotEmulated): string =>
  `${hexOf(from).slice(0, 10)}.${serviceOf(from.type)}.${from.region}.amazonaws.com`;

/** By the last word of an attribute's name, what AWS would give it. The first that fits. */
const forms: readonly (readonly [name: RegExp, form: (from: NotEmulated) => Json])[] = [
  [/(^|_)tags(_all)?$/, () => ({})],
  [/(^|_)arn$/, (from) => arnOf(serviceOf(from.type), `${from.name}/${hexOf(from).slice(0, 10)}`, from)],
  [/(^|_)account_id$|^owner(_id)?$/, ({ accountId }) => accountId],
  [/(^|_)region$/, ({ region }) => region],
  [/(^|_)availability_zone$/, ({ region }) => `${region}a`],
  [/(^|_)(url|uri)$/, (from) => `https://${host(from)}`],
  [/(^|_)(endpoint|address|host|hostname|domain|domain_name|dns_name)$/, host],
  [/(^|_)(cidr|cidr_block)$/, () => "10.0.0.0/16"],
  [/(^|_)ip(_address)?$/, () => "10.0.0.1"],
  [/(^|_)port$/, () => 443],
  [/(^|_)(count|size|version|capacity)$/, () => 1],
  [/(^|_)(enabled|encrypted)$/, () => true],
  [/(^|_)(date|time|at)$/, () => "2026-01-01T00:00:00Z"],
  [/(^|_)name$/, ({ stack, name }) => `${stack}-${name}`],
];

/**
 * A plausible value of an attribute whose resource is not emulated, by the attribute's name; the same at each start, so
 * that references to it can be read.
 *
 * @param path the attribute, then the steps into its value
 */
export function plausible(path: readonly string[], from: NotEmulated): Json {
  const value = named(path.findLast((step) => !isIndex(step)) ?? "", from);
  return Array.isArray(value) && isIndex(path.at(-1) ?? "") ? (value[0] as Json) : value;
}

const isIndex = (step: string): boolean => /^\d+$/.test(step);

function named(attribute: string, from: NotEmulated): Json {
  const [, form] = forms.find(([name]) => name.test(attribute)) ?? [];
  if (form) return form(from);
  const one = attribute.replace(/s$/, "");
  const isList = /(^|_)(arn|id|name|address|endpoint|url|block|zone)$/.test(one) && one !== attribute;
  return isList ? [named(one, from)] : `${from.type.replace("aws_", "")}-${hexOf(from).slice(0, 10)}`;
}

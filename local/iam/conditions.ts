import { BlockList, isIP } from "node:net";
import { UserError } from "../../lib/user-error";
import { arnFits, fits } from "./pattern";

/** Context keys of a request besides action and resource: key, in lower case → its value, or all its values. */
export type ContextKeys = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Operator → key → values, as a policy has them. */
export type Conditions = readonly { operator: string; key: string; values: readonly string[] }[];

type Comparison = (wanted: string, actual: string) => boolean;

const insensitive: Comparison = (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase();
const equal: Comparison = (wanted, actual) => wanted === actual;

/** Whether an address is in a range: `203.0.113.0/24`, or the one address. What is neither contains nothing. */
function isInRange(range: string, address: string): boolean {
  const [network = "", length] = range.split("/");
  const family = isIP(network);
  const bits = length === undefined ? (family === 6 ? 128 : 32) : Number(length);
  if (family === 0 || !Number.isInteger(bits) || bits < 0 || bits > (family === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family === 6 ? "ipv6" : "ipv4");
  return list.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

const comparisons: Readonly<Record<string, Comparison>> = {
  StringEquals: equal,
  StringEqualsIgnoreCase: insensitive,
  StringLike: fits,
  ArnEquals: arnFits,
  ArnLike: arnFits,
  Bool: insensitive,
  IpAddress: isInRange,
  NumericEquals: (wanted, actual) => Number(actual) === Number(wanted),
  NumericLessThan: (wanted, actual) => Number(actual) < Number(wanted),
  NumericLessThanEquals: (wanted, actual) => Number(actual) <= Number(wanted),
  NumericGreaterThan: (wanted, actual) => Number(actual) > Number(wanted),
  NumericGreaterThanEquals: (wanted, actual) => Number(actual) >= Number(wanted),
};

/** Negative operator → the one it negates. They are met when the key is absent. */
const negations: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
  NotIpAddress: "IpAddress",
};

/** The keys that the runner can answer for, in lower case: it sets them on each call to which AWS would. */
const knownKeys: ReadonlySet<string> = new Set([
  "aws:principalaccount",
  "aws:principalarn",
  "aws:principalisawsservice",
  "aws:requestedregion",
  "aws:resourceaccount",
  "aws:securetransport",
  "aws:sourceaccount",
  "aws:sourcearn",
  "dynamodb:enclosingoperation",
  "kms:calleraccount",
  "kms:viaservice",
  "lambda:sourcefunctionarn",
  "s3:delimiter",
  "s3:if-match",
  "s3:if-none-match",
  "s3:max-keys",
  "s3:objectcreationoperation",
  "s3:prefix",
  "s3:versionid",
  "s3:x-amz-acl",
  "s3:x-amz-copy-source",
  "s3:x-amz-metadata-directive",
  "s3:x-amz-server-side-encryption",
  "s3:x-amz-storage-class",
  "ssm:overwrite",
  "ssm:recursive",
]);

/** Prefix of the encryption context that AWS services send to KMS with each call; that of emulated services is set. */
const encryptionContext = "kms:encryptioncontext:";

/** Whether a condition key, in lower case, has a value whenever AWS would give it one. */
export type KnowsKey = (key: string) => boolean;

export const knowsOfCalls: KnowsKey = (key) => knownKeys.has(key) || key.startsWith(encryptionContext);

/** An operator's parts: `ForAllValues:StringLikeIfExists`. */
function partsOf(operator: string) {
  const [, set, plain = "", ifExists] = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(operator) ?? [];
  const negated = Object.hasOwn(negations, plain) ? negations[plain] : undefined;
  const name = negated ?? plain;
  const compare = Object.hasOwn(comparisons, name) ? comparisons[name] : undefined;
  return { set, compare, negative: negated !== undefined, ifExists: ifExists !== undefined };
}

/** The part of a condition that is unknown here, if any. */
export function unknownIn(operator: string, key: string, knows: KnowsKey): string | undefined {
  if (operator !== "Null" && !partsOf(operator).compare) return `condition operator ${operator}`;
  return knows(key.toLowerCase()) ? undefined : `condition key ${key}`;
}

/**
 * Whether a condition is met. Of a key with several values, `ForAllValues` asks each and `ForAnyValue` one; without a value,
 * the first is true and the second is not. (IAM user guide, "Multivalued context keys")
 */
function isMet(operator: string, actual: readonly string[], wanted: readonly string[]): boolean {
  const absent = actual.length === 0;
  if (operator === "Null") return wanted.some((value) => (value.toLowerCase() === "true") === absent);
  const { set, compare, negative, ifExists } = partsOf(operator);
  if (!compare) throw new UserError(`condition operator ${operator} is not known`);
  if (absent) return set === undefined ? ifExists || negative : set === "ForAllValues" || ifExists;
  const fitsOne = (value: string): boolean => wanted.some((one) => compare(one, value)) !== negative;
  return set === "ForAnyValue" ? actual.some(fitsOne) : actual.every(fitsOne);
}

const listed = (value: ContextKeys[string]): readonly string[] => {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
};

/** Conditions in words, for people and to distinguish statements: `kms:ViaService ArnLike …`. */
export const inWords = (conditions: Conditions): string =>
  conditions.map(({ operator, key, values }) => `${key} ${operator} ${values.join(", ")}`).join("; ");

/** Whether all conditions are met: of several values one has to fit (with a negative operator, none may). */
export const allHold = (conditions: Conditions, contextKeys: ContextKeys): boolean =>
  conditions.every(({ operator, key, values }) => isMet(operator, listed(contextKeys[key.toLowerCase()]), values));

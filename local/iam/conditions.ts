import { UserError } from "../lib/user-error";
import { arnFits, fits } from "./pattern";

/** What is known of a call besides action and resource: condition key, in lower case → its value. */
export type Circumstances = Readonly<Record<string, string | undefined>>;

/** Operator → key → values, as a policy has them. */
export type Conditions = readonly { operator: string; key: string; values: readonly string[] }[];

type Comparison = (wanted: string, actual: string) => boolean;

const insensitive: Comparison = (wanted, actual) => wanted.toLowerCase() === actual.toLowerCase();
const equal: Comparison = (wanted, actual) => wanted === actual;

const comparisons: Readonly<Record<string, Comparison>> = {
  StringEquals: equal,
  StringEqualsIgnoreCase: insensitive,
  StringLike: fits,
  ArnEquals: arnFits,
  ArnLike: arnFits,
  Bool: insensitive,
  NumericEquals: (wanted, actual) => Number(actual) === Number(wanted),
  NumericLessThan: (wanted, actual) => Number(actual) < Number(wanted),
  NumericLessThanEquals: (wanted, actual) => Number(actual) <= Number(wanted),
  NumericGreaterThan: (wanted, actual) => Number(actual) > Number(wanted),
  NumericGreaterThanEquals: (wanted, actual) => Number(actual) >= Number(wanted),
};

/** Negative operator → the one it negates. They hold when the key is absent. */
const negations: Readonly<Record<string, string>> = {
  StringNotEquals: "StringEquals",
  StringNotEqualsIgnoreCase: "StringEqualsIgnoreCase",
  StringNotLike: "StringLike",
  ArnNotEquals: "ArnEquals",
  ArnNotLike: "ArnLike",
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
  "kms:calleraccount",
  "kms:viaservice",
  "lambda:sourcefunctionarn",
  "s3:prefix",
  "s3:x-amz-acl",
]);

/** What AWS services say of themselves to KMS with each call; of those that are played it is set. */
const encryptionContext = "kms:encryptioncontext:";

const isKnownKey = (key: string): boolean => knownKeys.has(key) || key.startsWith(encryptionContext);

const withoutIfExists = (operator: string): string => operator.replace(/IfExists$/, "");

/** What of a condition is not known, if anything. */
export function unknownIn(operator: string, key: string): string | undefined {
  const plain = withoutIfExists(operator);
  const isNull = operator === "Null";
  if (!isNull && !comparisons[plain] && !negations[plain]) return `condition operator ${operator}`;
  return isKnownKey(key.toLowerCase()) ? undefined : `condition key ${key}`;
}

function holds(operator: string, actual: string | undefined, values: readonly string[]): boolean {
  if (operator === "Null") return values.some((value) => (value.toLowerCase() === "true") === (actual === undefined));
  if (actual === undefined) return operator.endsWith("IfExists") || negations[withoutIfExists(operator)] !== undefined;
  const plain = withoutIfExists(operator);
  const negated = negations[plain];
  const compare = comparisons[negated ?? plain];
  if (!compare) throw new UserError(`condition operator ${operator} is not known`);
  const found = values.some((value) => compare(value, actual));
  return negated ? !found : found;
}

/** Conditions in words, for people and to tell statements apart: `kms:ViaService ArnLike …`. */
export const inWords = (conditions: Conditions): string =>
  conditions.map(({ operator, key, values }) => `${key} ${operator} ${values.join(", ")}`).join("; ");

/** Whether all conditions hold: of several values one has to fit (with a negative operator, none may). */
export const allHold = (conditions: Conditions, circumstances: Circumstances): boolean =>
  conditions.every(({ operator, key, values }) => holds(operator, circumstances[key.toLowerCase()], values));

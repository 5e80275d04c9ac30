import type { StackJson } from "../../../stack-json/document";
import type { Behaviours } from "../behaviours";
import type { Address, Ask, Step } from "../client";
import type { Account } from "./account";

/** The deployed system that checks read. */
export interface Deployment {
  /** `records-dev` */
  readonly stack: string;
  readonly json: StackJson;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly account: Account;
  /** When the requests began. */
  readonly since: Date;
  readonly behaviours: readonly Behaviours[];
  readonly address: Address;
  /** The ARN of a role that the credentials at hand may assume; none where nobody names one. */
  readonly role: string | undefined;
  /** A request that API Gateway refuses by itself. */
  readonly refused: Ask;
}

/** The system has no resources for this check. */
export class NotHere extends Error {}

/** Makes the check, and returns its finding in a sentence. @throws an error that says what is missing */
export type Check = (deployment: Deployment) => Promise<string>;

export const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The arguments of every resource of a type. */
export const resources = ({ json }: Deployment, type: string) => Object.values(json.resource?.[type] ?? {});

export function required<T>(items: readonly T[], what: string): readonly [T, ...T[]] {
  const [first, ...others] = items;
  if (first === undefined) throw new NotHere(`${what}: this system has none`);
  return [first, ...others];
}

export const steps = ({ behaviours }: Deployment): Step[] =>
  behaviours.flatMap(({ rows }) => rows.map(({ target }) => target));

export const functionNames = (deployment: Deployment): string[] =>
  resources(deployment, "aws_lambda_function").map((fn) => text(fn["function_name"]));

export interface LogLine {
  readonly [name: string]: unknown;
}

export const parsed = (line: string): LogLine => JSON.parse(line) as LogLine;

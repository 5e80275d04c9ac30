import { parseArn, parseFunctionName } from "../../aws/arn";
import type { System } from "../run/system";
import type { UserTokens } from "../run/user-access";
import type { RequestRecord } from "./records";

/** Why something was refused or failed, in a sentence, and what helps. */
export interface Why {
  readonly sentence: string;
  /** A line to paste into the stack, a command to run, or what to do in words. */
  readonly fix?: { readonly kind: "paste" | "run" | "do"; readonly text: string };
  /** Place in the sources: `handlers/records/get-record.ts:12:5`. */
  readonly place?: string;
}

/** Data beside the trace. */
export interface WhyContext {
  readonly system: System | undefined;
  readonly userTokens?: UserTokens;
  /** An earlier answer to the same request, which a cache may have kept. */
  readonly cachedFrom?: RequestRecord | undefined;
  readonly now: number;
}

/** A fix in words. */
export const doing = (text: string): Pick<Why, "fix"> => ({ fix: { kind: "do", text } });

/** The name of a function in an ARN. */
export const nameOf = (arn: string | undefined): string => (arn ? parseFunctionName(arn).name : "the function");

/** An ARN without account and region. */
export function shortArn(text: string): string {
  const arn = parseArn(text);
  return arn ? `${arn.service} ${arn.resource}` : text;
}

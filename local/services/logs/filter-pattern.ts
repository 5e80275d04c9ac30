import type { Json } from "../../../lib/json";
import { messageOf } from "../../../lib/user-error";
import { notEmulated, ServiceError } from "../service";
import { expressionOf, jsonCondition, PatternError } from "./json-pattern";

/** Whether a message fits. */
export type Filter = (message: string) => boolean;

const termForm = /([-?])?("(?:[^"\\]|\\.)*"|%[^%]+%|[^\s"]+)/g;

/** Whether a message has a term: a word, a phrase in quotes, or what fits a regular expression. */
function has(term: string): Filter {
  if (term.startsWith("%")) {
    const expression = expressionOf(term);
    return (message) => expression.test(message);
  }
  if (term.startsWith('"')) {
    const phrase = term.slice(1, -1).replace(/\\(.)/g, "$1");
    return (message) => message.includes(phrase);
  }
  if (!/^\w+$/.test(term)) throw new PatternError(`Invalid character(s) in term '${term}'`);
  return (message) => message.includes(term);
}

/** All terms, none of those with a minus, and one of those with a question mark, which count where there are no others. */
function terms(pattern: string): Filter {
  const all = [...pattern.matchAll(termForm)].map(([, sign = "", term = ""]) => ({ sign, fits: has(term) }));
  const others = all.filter(({ sign }) => sign !== "?");
  if (others.length === 0) return (message) => all.some(({ fits }) => fits(message));
  return (message) => others.every(({ sign, fits }) => fits(message) === (sign === ""));
}

function json(pattern: string): Filter {
  const condition = jsonCondition(pattern.slice(1, -1));
  return (message) => {
    let event: Json;
    try {
      event = JSON.parse(message) as Json;
    } catch {
      // The pattern is of JSON, and the line is none.
      return false;
    }
    return condition(event);
  };
}

/**
 * Which messages a pattern wants (CloudWatch Logs user guide, "Filter pattern syntax for metric filters, subscription filters,
 * filter log events, and Live Tail"). Patterns of space-delimited fields are not emulated.
 *
 * @throws ServiceError `InvalidParameterException` when it is no pattern
 */
export function filterOf(text: string): Filter {
  const pattern = text.trim();
  if (pattern === "") return () => true;
  if (pattern.startsWith("[")) throw notEmulated("CloudWatch Logs", "a filter pattern of space-delimited fields");
  try {
    return pattern.startsWith("{") && pattern.endsWith("}") ? json(pattern) : terms(pattern);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new ServiceError("InvalidParameterException", messageOf(error));
  }
}

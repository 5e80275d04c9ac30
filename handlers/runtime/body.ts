import type { APIGatewayProxyEvent } from "aws-lambda";
import type { Problem } from "../../contracts/errors";
import { problemAt } from "./problems";

/** A part of a request as it was read, and what was wrong with it by then. */
export interface Reading {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Whether the value need not be checked. */
  readonly unreadable?: boolean;
}

/**
 * No body of ours comes near this many characters; above it, the list of problems alone could exhaust the function's
 * memory.
 */
const MAX_CHARACTERS = 1024 * 1024;

/**
 * No body of ours comes near this depth; code that recurses into a value, the engine's own included, needs stack for
 * each level.
 */
const MAX_DEPTH = 100;

const unreadable = (message: string): Reading => ({
  value: undefined,
  problems: [{ path: "body", message }],
  unreadable: true,
});

function textOf({ body, isBase64Encoded }: APIGatewayProxyEvent): string | undefined {
  if (!body || !isBase64Encoded) return body ?? "";
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(body, "base64"));
  } catch {
    return undefined;
  }
}

/** Whether lists and objects lie deeper in each other than we take. */
function isTooDeep(text: string): boolean {
  // Each level takes two characters, and most bodies have fewer in all.
  if (text.length <= 2 * MAX_DEPTH) return false;
  let [depth, inText] = [0, false];
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (inText && character === "\\") index += 1;
    else if (character === '"') inText = !inText;
    else if (!inText && (character === "[" || character === "{")) depth += 1;
    else if (!inText && (character === "]" || character === "}")) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/**
 * Takes `__proto__` out of a parsed body and reports it. Schemas of open-ended objects skip such a key without a word,
 * and code that copies objects would change a prototype by it.
 */
function withoutProto(root: unknown): Problem[] {
  const problems: Problem[] = [];
  const open: { value: unknown; path: readonly string[] }[] = [{ value: root, path: [] }];
  for (let next = open.pop(); next; next = open.pop()) {
    if (typeof next.value !== "object" || next.value === null) continue;
    if (Object.hasOwn(next.value, "__proto__")) {
      problems.push(problemAt("body", [...next.path, "__proto__"], "is not an allowed name"));
      Reflect.deleteProperty(next.value, "__proto__");
    }
    for (const [key, value] of Object.entries(next.value)) {
      if (typeof value === "object") open.push({ value, path: [...next.path, key] });
    }
  }
  return problems;
}

/**
 * Reads the JSON body of a request, whatever its content type says: the route takes nothing else. The parser's own
 * messages quote the payload, so they are not passed on.
 */
export function readBody(event: APIGatewayProxyEvent): Reading {
  const text = textOf(event);
  if (text === undefined) return unreadable("must be text in UTF-8");
  if (text.trim() === "") return unreadable("is required");
  if (text.length > MAX_CHARACTERS) return unreadable(`must be at most ${MAX_CHARACTERS} characters`);
  if (isTooDeep(text)) return unreadable(`must be nested at most ${MAX_DEPTH} levels deep`);
  try {
    const value: unknown = JSON.parse(text);
    // Names can be escaped, so an escape is reason enough to check.
    return { value, problems: /__proto__|\\u/.test(text) ? withoutProto(value) : [] };
  } catch {
    return unreadable("must be well-formed JSON");
  }
}

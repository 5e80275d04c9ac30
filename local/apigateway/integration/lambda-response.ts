import { isObject, type JsonObject } from "../../../lib/json";
import { sentName } from "../request/header-rules";
import type { Answer } from "../response/answer";
import { sendable } from "../response/answer";
import { decodeBase64 } from "./content-handling";

/** The members that a function's result may have, and no other beside them (recorded). */
const members = new Set(["statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded"]);

/** An answer that a function returned, or why there is none in what it returned. */
type Interpretation = Answer | { readonly malformed: string } | { readonly undecodable: string };

/** Reads what a function returned. @param wantsBinary - whether the caller takes binary answers */
export function interpret(payload: string, wantsBinary: boolean): Interpretation {
  const returned = parsed(payload);
  if (!isObject(returned)) return { malformed: `a function must return an object, got ${payload.slice(0, 80)}` };
  for (const name in returned) if (!members.has(name)) return { malformed: `unknown member ${name}` };
  const status = statusOf(returned["statusCode"]);
  if (status === undefined) return { malformed: `statusCode ${JSON.stringify(returned["statusCode"])}` };
  const headers = headersOf(returned);
  if (typeof headers === "string") return { malformed: headers };
  const body = returned["body"] ?? "";
  if (typeof body !== "string") return { malformed: "body must be a string" };
  const encoded = returned["isBase64Encoded"] ?? false;
  if (typeof encoded !== "boolean") return { malformed: "isBase64Encoded must be true or false" };
  if (!encoded || !wantsBinary) return { status, headers, body, traced: true };
  const decoded = decodeBase64(body);
  if (!decoded) return { undecodable: "isBase64Encoded is true, but the body is not base64" };
  return { status, headers, body: decoded, traced: true };
}

/** The members of what a function streams first (developer guide, "Set up a Lambda proxy integration with payload response streaming"). */
const headMembers = new Set(["statusCode", "headers", "multiValueHeaders", "cookies"]);

/** Status and headers that a function streams before its body, or why there are none. */
export function interpretHead(
  text: string,
): { readonly status: number; readonly headers: string[] } | { readonly malformed: string } {
  const given = parsed(text);
  if (!isObject(given)) return { malformed: `metadata must be an object, got ${text.slice(0, 80)}` };
  for (const name in given) if (!headMembers.has(name)) return { malformed: `unknown member ${name}` };
  const status = statusOf(given["statusCode"]);
  if (status === undefined) return { malformed: `statusCode ${JSON.stringify(given["statusCode"])}` };
  const headers = headersOf(given);
  if (typeof headers === "string") return { malformed: headers };
  const cookies = given["cookies"] ?? [];
  if (!Array.isArray(cookies) || !cookies.every((cookie) => add(headers, "Set-Cookie", cookie))) {
    return { malformed: "cookies must be a list of strings" };
  }
  return { status, headers };
}

function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

/** Numbers and numeric strings; none is 200. What HTTP clients take for an interim status is no answer. */
function statusOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return 200;
  if (typeof value !== "number" && (typeof value !== "string" || value.trim() === "")) return undefined;
  const status = Number(value);
  return Number.isInteger(status) && status >= 200 && status <= 599 ? status : undefined;
}

/** The headers in the order they are sent: those with several values first (recorded). Text says what is wrong. */
function headersOf(returned: JsonObject): string[] | string {
  const multiple = returned["multiValueHeaders"] ?? {};
  const single = returned["headers"] ?? {};
  if (!isObject(multiple)) return "multiValueHeaders must be an object of lists";
  if (!isObject(single)) return "headers must be an object";
  const sent: string[] = [];
  const lists = new Map<string, { readonly name: string; readonly values: readonly unknown[] }>();
  for (const name in multiple) {
    const values = multiple[name];
    if (!Array.isArray(values)) return `multiValueHeaders.${name} must be a list`;
    lists.set(name.toLowerCase(), { name, values });
    for (const value of values) if (!add(sent, name, value)) return `multiValueHeaders.${name}`;
  }
  for (const name in single) {
    // The list's spelling is taken (recorded), and a pair that is in both is sent once (developer guide, "Lambda proxy
    // integrations in API Gateway": Output format of a Lambda function for proxy integration).
    const list = lists.get(name.toLowerCase());
    if (list?.values.includes(single[name])) continue;
    if (!add(sent, list?.name ?? name, single[name]))
      return `headers.${name} must be a string or a boolean that can be sent`;
  }
  if (!sent.some((name, at) => at % 2 === 0 && name.toLowerCase() === "content-type")) {
    sent.push("Content-Type", "application/json");
  }
  return sent;
}

function add(sent: string[], name: string, value: unknown): boolean {
  if (typeof value !== "string" && typeof value !== "boolean") return false;
  const content = String(value);
  if (!sendable(name, content)) return false;
  const sendAs = sentName(name);
  if (sendAs !== undefined) sent.push(sendAs, content);
  return true;
}

import { unescape as unescapeBytes } from "node:querystring";
import { notEmulated } from "../definition/definition-error";
import { type Expression, TemplateError, written } from "./vtl-scope";

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new TemplateError("$util.parseJson() was given no JSON");
  }
}

/** The functions of `$util` (AWS's manual, mapping template reference). */
const methods: ReadonlyMap<string, (text: string) => unknown> = new Map([
  ["parseJson", parsed],
  ["escapeJavaScript", (text: string) => JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'")],
  // As forms are encoded: a space is a plus (recorded).
  ["urlEncode", (text: string) => new URLSearchParams([["", text]]).toString().slice(1)],
  ["urlDecode", (text: string) => unescapeBytes(text.replaceAll("+", " "))],
  ["base64Encode", (text: string) => Buffer.from(text).toString("base64")],
  ["base64Decode", (text: string) => Buffer.from(text, "base64").toString()],
]);

/** Compiles a call on `$util`. */
export function utilMethod(name: string, argument: Expression | undefined, place: string): Expression {
  const method = methods.get(name);
  if (!method || !argument) throw notEmulated(place, `$util.${name}${argument ? "()" : ""}`);
  return (scope) => method(written(argument(scope)));
}

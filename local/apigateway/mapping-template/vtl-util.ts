import { unescape as unescapeBytes } from "node:querystring";
import { notEmulated } from "../definition/definition-error";
import { readJson } from "./vtl-json";
import type { Expression } from "./vtl-rendering";
import { bounded, TemplateError, written } from "./vtl-values";

function parsed(json: string): unknown {
  const value = readJson(json);
  if (value === undefined) throw new TemplateError("$util.parseJson() was given no JSON");
  return value;
}

/** The functions of `$util` (developer guide, "Variables for data transformations for API Gateway"). */
const methods: ReadonlyMap<string, (text: string) => unknown> = new Map([
  ["parseJson", parsed],
  ["escapeJavaScript", (text: string) => JSON.stringify(text).slice(1, -1).replaceAll("'", "\\'")],
  // As forms are encoded: a space is a plus (recorded).
  ["urlEncode", (text: string) => bounded(new URLSearchParams([["", text]]).toString().slice(1))],
  ["urlDecode", (text: string) => unescapeBytes(text.replaceAll("+", " "))],
  ["base64Encode", (text: string) => bounded(Buffer.from(text).toString("base64"))],
  ["base64Decode", (text: string) => Buffer.from(text, "base64").toString()],
]);

/** Compiles a call on `$util`. */
export function utilMethod(name: string, given: readonly Expression[] | undefined, place: string): Expression {
  const method = methods.get(name);
  const [argument] = given ?? [];
  if (!method || !argument) throw notEmulated(place, `$util.${name}${given ? "()" : ""}`);
  return (rendering) => method(written(argument(rendering)));
}

import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { readByRuntime, reservedVariables, variableName } from "../../aws/lambda-variables";
import { projectRoot, sourceOf } from "../synth/bundle";
import { codeOf } from "../synth/bundles";
import { type HandlerVariables, variablesOf } from "../synth/handler-variables";
import type { Rule } from "../synth/validation";

/** A function's entry and its environment variables. */
interface Given {
  /** The file below `handlers/`. */
  readonly entry: string;
  /** All that the function has. */
  readonly variables: Readonly<Record<string, string>>;
  /** Which of them are there whether they are read or not. */
  readonly unread: ReadonlySet<string>;
  readonly scope: Construct;
}

/** The source file of a construct's class, for a message. */
function fileOf(scope: Construct): string {
  const declaration = new RegExp(`\\bclass ${scope.constructor.name}\\b`);
  const files = readdirSync(join(projectRoot, "stacks"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(projectRoot, "stacks", name));
  const found = files.find((file) => declaration.test(readFileSync(file, "utf8")));
  return found ? relative(projectRoot, found) : "its stack";
}

function requiredRules(
  { entry, variables, scope }: Given,
  { reads }: HandlerVariables,
  spare: readonly string[],
): Rule[] {
  const needed = new Map(reads.filter(({ reading }) => reading !== "optional").map((one) => [one.name, one]));
  const got = spare.length > 0 ? `${spare.join(", ")}, which nothing there reads` : "none";
  const fix = spare.length > 0 ? "rename or add it" : "add it";
  return [...needed.values()].map(({ name, file, reading }): Rule => {
    const value = variables[name];
    const needs = `${sourceOf(entry)} needs it (${file})`;
    if (!value) {
      const where = `${fix} in the function's environment in ${fileOf(scope)}`;
      return [false, `environment must have a value for ${name}, got ${got}: ${needs}; ${where}`];
    }
    const isMet = reading !== "integer" || Token.isUnresolved(value) || /^[1-9]\d{0,8}$/.test(value);
    return [
      isMet,
      `environment's ${name} must be a positive whole number, got ${value}; correct it in ${fileOf(scope)}`,
    ];
  });
}

/** Whether anything reads a variable: the project's code, what it depends on, Lambda's runtime. */
const isRead = (name: string, entry: string, { reads }: HandlerVariables): boolean =>
  reads.some((read) => read.name === name) ||
  readByRuntime.has(name) ||
  new RegExp(`\\b${name}\\b`).test(codeOf(entry));

const unreadRules = ({ entry, scope }: Given, spare: readonly string[]): Rule[] =>
  spare.map((name) => [
    false,
    `environment must have what is read, got ${name}: neither ${sourceOf(entry)} nor what it imports reads it; remove it in ${fileOf(scope)}, or read it by requiredEnv("${name}")`,
  ]);

function nameRule(name: string, scope: Construct): Rule {
  if (reservedVariables.has(name)) {
    return [false, `environment must leave ${name} to Lambda, which sets it; remove it in ${fileOf(scope)}`];
  }
  const form = "names of letters, digits and _, at least two, a letter first";
  return [variableName.test(name), `environment must have ${form}, got ${name}; rename it in ${fileOf(scope)}`];
}

/** The rules for a function's variables: what its handler needs is there, and what is there is read. */
export function environmentRules(given: Given): Rule[] {
  const { entry, variables, unread, scope } = given;
  const handler = variablesOf(entry);
  const names = Object.keys(variables).map((name) => nameRule(name, scope));
  const unnamed = handler.unnamed.map(
    (place): Rule => [
      false,
      `an environment variable's name must stand where it is read, got an expression at ${place}; write requiredEnv("NAME")`,
    ],
  );
  const valid = Object.keys(variables).filter((name) => variableName.test(name) && !reservedVariables.has(name));
  const spare = valid.filter((name) => !unread.has(name) && !isRead(name, entry, handler));
  const needs = requiredRules(given, handler, spare);
  const rename = needs.some(([isMet, message]) => !isMet && spare.some((name) => message.includes(name)));
  return [...names, ...unnamed, ...needs, ...(rename ? [] : unreadRules(given, spare))];
}

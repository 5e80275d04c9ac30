import type { Json } from "../../lib/json";
import { UserError } from "../../lib/user-error";
import type { Secrets } from "../lib/secrets";
import { type Attributes, isAttributes } from "./arguments";

function parsed(name: string, text: string, type: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new UserError(`TF_VAR_${name}: must be ${type} in JSON, got ${text}; correct it`);
  }
}

/** The value of `TF_VAR_<name>`. Members that an object leaves out have their defaults, as in Terraform. */
function fromEnvironment(name: string, { type, default: fallback }: Attributes): Json | undefined {
  const text = process.env[`TF_VAR_${name}`];
  if (text === undefined || type === "string" || typeof type !== "string") return text;
  const value = parsed(name, text, type);
  return isAttributes(value) && isAttributes(fallback) ? { ...fallback, ...value } : value;
}

/** The region of AWS's own variables: Terraform reads them where a provider names none. */
export const regionVariable = (): string | undefined =>
  process.env["AWS_REGION"] || process.env["AWS_DEFAULT_REGION"] || undefined;

/** A variable's value, or its default. */
export const givenValue = (name: string, variable: Attributes): Json | undefined =>
  fromEnvironment(name, variable) ?? variable["default"];

/** A variable that a stack declares. */
interface Declared {
  readonly name: string;
  readonly variables: ReadonlyMap<string, Attributes>;
}

/**
 * The value of a Terraform variable: `TF_VAR_<name>` as Terraform reads it, or its default. A sensitive one that has
 * neither is made up, which is how a laptop comes by secrets.
 */
export function variableOf(file: Declared, secrets: Secrets): (name: string) => Json {
  return (name) => {
    const variable = file.variables.get(name);
    if (!variable) throw new UserError(`var.${name} is not in the stack`);
    const given = givenValue(name, variable);
    if (given !== undefined) return given;
    if (variable["sensitive"] === true) return secrets.of(`${file.name}/var.${name}`, 48);
    throw new UserError(`var.${name} has no default; set TF_VAR_${name}`);
  };
}

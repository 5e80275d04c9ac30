import type { Secrets } from "../lib/secrets";
import type { StackFile } from "./stack-file";
import type { Value } from "./values";

function fromEnvironment(name: string, type: Value | undefined): Value | undefined {
  const text = process.env[`TF_VAR_${name}`];
  if (text === undefined || type === "string" || type === undefined) return text;
  return type === "number" || type === "bool" ? (JSON.parse(text) as Value) : text;
}

/**
 * The value of a Terraform variable: `TF_VAR_<name>` as Terraform reads it, or its default. A sensitive one that has
 * neither is made up, which is how a laptop comes by secrets.
 */
export function variableOf(file: StackFile, secrets: Secrets): (name: string) => Value {
  return (name) => {
    const variable = file.variables.get(name);
    if (!variable) throw new Error(`var.${name} is not in the stack`);
    const given = fromEnvironment(name, variable["type"]) ?? variable["default"];
    if (given !== undefined) return given;
    if (variable["sensitive"] === true) return secrets.of(`${file.name}/var.${name}`, 48);
    throw new Error(`var.${name} has no default; set TF_VAR_${name}`);
  };
}

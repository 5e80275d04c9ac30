import { isObject, type JsonObject } from "../lib/json";
import { UserError } from "../lib/user-error";
import { readStacks } from "../stack-json/document";
import { command } from "./command";

const example = `{"records_cursor_secret": 2}`;

/** The secrets that a stack has, each of which has a version. */
const secretsIn = (folder: string): string[] =>
  [...readStacks(folder).values()].flatMap(({ variable = {} }) =>
    Object.keys((variable["secret_versions"]?.default ?? {}) as Record<string, number>),
  );

function parsed(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Said below, in words that show what is right.
  }
  throw new UserError(`TF_VAR_secret_versions: must be JSON like ${example}, got ${text}; correct it`);
}

/**
 * Problems of the file with secrets' versions. Terraform would ignore a name that no stack knows: a secret whose name
 * is misspelt would not be replaced, and nobody would notice.
 */
function problemsOf(text: string, folder: string): string[] {
  const known = [...new Set(secretsIn(folder))].sort();
  return Object.entries(parsed(text)).flatMap(([name, version]) => {
    if (!known.includes(name)) return [`there is no secret ${name}; there is ${known.join(", ")}`];
    const isVersion = Number.isSafeInteger(version) && Number(version) >= 1;
    return isVersion ? [] : [`${name} must be a whole number from 1, got ${JSON.stringify(version)}; correct it`];
  });
}

/** Checks `TF_VAR_secret_versions` against all stacks of an environment: `node run.js tools/secret-versions.ts cdktf.out`. */
function main([folder = "cdktf.out"]: readonly string[]): void {
  const text = process.env["TF_VAR_secret_versions"];
  if (text === undefined || text.trim() === "") return;
  const problems = problemsOf(text, folder);
  if (problems.length > 0)
    throw new UserError(problems.map((problem) => `TF_VAR_secret_versions: ${problem}`).join("\n"));
}

const usage = `node run.js tools/secret-versions.ts <folder of a stack>

Refuses TF_VAR_secret_versions that name no secret of the stack.`;

void command(usage, {}, ({ positionals }) => {
  main(positionals);
  return undefined;
});

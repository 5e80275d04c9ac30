import { readFileSync, writeFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { UserError } from "../lib/user-error";
import { command } from "./command";
import { decrypt, encrypt, planKey, sha256 } from "./delivery/encrypted-plan";

const usage = `node run.js tools/encrypted-plan.ts encrypt|decrypt <file> --environment <name> --commit <id> --run <id> [--sha256 <hex>]

Keeps a plan from the job that makes it to the job that applies it, encrypted with the key in PLAN_KEY. encrypt reads it from
the standard input; decrypt writes it to the standard output where the file is of that environment, commit and run, and has
that SHA-256.`;

const options = {
  environment: { type: "string" },
  commit: { type: "string" },
  run: { type: "string" },
  sha256: { type: "string" },
} as const;

function named(option: string, value: string | undefined): string {
  if (value) return value;
  throw new UserError(`--${option} must have a value, got none`);
}

function contentsOf(file: string, digest: string): Buffer {
  let contents: Buffer;
  try {
    contents = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new UserError(`${file} must be an encrypted plan, got no file; plan again`);
  }
  const found = sha256(contents);
  if (found === digest) return contents;
  throw new UserError(`${file} must be the plan that was approved, of SHA-256 ${digest}, got ${found}; plan again`);
}

void command(usage, options, async ({ positionals: [verb, file], values }) => {
  if ((verb !== "encrypt" && verb !== "decrypt") || !file) throw new UserError(usage);
  const origin = {
    environment: named("environment", values.environment),
    commit: named("commit", values.commit),
    run: named("run", values.run),
  };
  const key = planKey(process.env["PLAN_KEY"]);
  if (verb === "encrypt") writeFileSync(file, encrypt(await buffer(process.stdin), key, origin));
  else process.stdout.write(decrypt(contentsOf(file, named("sha256", values.sha256)), key, origin));
  return undefined;
});

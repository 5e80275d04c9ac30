import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../lib/user-error";
import { type NamedStack, stackJson } from "./named-stack";

/** The provider once, and not once for each stack: it has 700 MB. */
function pluginCache(): Record<string, string> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = process.env["TF_PLUGIN_CACHE_DIR"] ?? join(cache, "terraform-plugins");
  mkdirSync(folder, { recursive: true });
  return { TF_PLUGIN_CACHE_DIR: folder, TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1" };
}

interface Call {
  /** Whether a person sees what it prints and may be asked. @default false: what it prints is returned */
  readonly shown?: boolean;
}

/** Runs Terraform in a folder; its exit code, and what it printed. */
function run(folder: string, args: readonly string[], { shown = false }: Call = {}) {
  const env = { ...process.env, ...pluginCache(), CHECKPOINT_DISABLE: "1" };
  const stdio = shown ? "inherit" : (["ignore", "pipe", "pipe"] as const);
  const { error, status, stdout, stderr } = spawnSync("terraform", [`-chdir=${folder}`, ...args], {
    env,
    stdio: shown ? "inherit" : [...(stdio as ["ignore", "pipe", "pipe"])],
    encoding: "utf8",
  });
  if (error) throw new UserError("terraform is not on the PATH; install it (1.11 or newer)");
  return { status: status ?? 1, stdout: stdout ?? "", stderr: stderr ?? "" };
}

function checked(folder: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = run(folder, [...args, "-no-color"]);
  if (status !== 0) throw new UserError(`terraform ${args[0]} failed:\n${stderr.trim() || stdout.trim()}`);
  return stdout;
}

/**
 * Runs a command of Terraform's in a stack's folder, which is initialized first where it was not yet.
 *
 * @returns its exit code
 */
export function terraform({ folder }: NamedStack, args: readonly string[]): number {
  if (args[0] !== "init" && !existsSync(join(folder, ".terraform"))) checked(folder, "init", "-input=false");
  return run(folder, args, { shown: true }).status;
}

/**
 * The outputs of a stack as it is deployed, by name. They are in its state, for which Terraform needs to know where that is,
 * and no provider, which would be 700 MB on a fresh checkout.
 */
export function outputsOf(stack: NamedStack): Readonly<Record<string, unknown>> {
  const { backend, cloud } = stackJson(stack).terraform ?? {};
  if (backend?.["local"]) return outputsIn(stack.folder);
  const folder = mkdtempSync(join(tmpdir(), "terrace-state-"));
  try {
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify({ terraform: cloud ? { cloud } : { backend } }));
    return outputsIn(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function outputsIn(folder: string): Record<string, unknown> {
  checked(folder, "init", "-input=false");
  const outputs = JSON.parse(checked(folder, "output", "-json")) as Record<string, { value: unknown }>;
  return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

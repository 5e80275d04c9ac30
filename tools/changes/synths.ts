import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { UserError } from "../../lib/user-error";
import { readStacks, type StackJson } from "../../stack-json/document";
import type { NamedStack } from "../stacks/named-stack";
import { synth } from "../stacks/synth";

function git(...args: readonly string[]): void {
  const { status, stderr } = spawnSync("git", args, { encoding: "utf8" });
  if (status !== 0) throw new UserError(`git ${args.join(" ")} failed: ${stderr.trim()}`);
}

/** Does something with a folder that is gone afterwards. */
function withFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "terrace-changes-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Synthesizes the sources in a folder: one stack, or all of the environment that `ENVIRONMENT` names. */
function synthesize(sources: string, stack: NamedStack | undefined): Map<string, StackJson> {
  return withFolder((folder) => {
    const out = join(folder, "out");
    synth({ sources, out, ...(stack ? { environment: stack.environment, system: stack.system } : {}) });
    return readStacks(out);
  });
}

/** Synthesizes a commit in a worktree of its own, with the dependencies that are installed here. */
function synthesizeCommit(ref: string, stack: NamedStack | undefined): Map<string, StackJson> {
  return withFolder((folder) => {
    const tree = join(folder, "tree");
    if (spawnSync("git", ["rev-parse", "--quiet", "--verify", `${ref}^{commit}`]).status !== 0) {
      throw new UserError(
        `${ref} must be a folder that was synthesized to, like cdktf.out, or a git commit; it is neither`,
      );
    }
    git("worktree", "add", "--quiet", "--detach", tree, ref);
    try {
      symlinkSync(resolve("node_modules"), join(tree, "node_modules"));
      return synthesize(tree, stack);
    } finally {
      git("worktree", "remove", "--force", tree);
    }
  });
}

/**
 * Stacks of a folder that was synthesized to, of a commit, or, without a name, of the sources as they are.
 *
 * @param stack the one that is wanted of a synth. @default all
 */
export function stacksOf(name: string | undefined, stack?: NamedStack): Map<string, StackJson> {
  if (name === undefined) return synthesize(process.cwd(), stack);
  return existsSync(join(name, "stacks")) ? readStacks(name) : synthesizeCommit(name, stack);
}

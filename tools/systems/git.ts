import { spawnSync } from "node:child_process";
import { UserError } from "../../lib/user-error";

/**
 * Refuses where files have changes that are not committed, which would be lost or be mixed with others.
 *
 * @throws UserError naming them, or saying that Git knows nothing of them
 */
export function checkUnchanged(root: string, paths: readonly string[]): void {
  const { error, status, stdout, stderr } = spawnSync("git", ["status", "--porcelain", "-z", "--", ...paths], {
    cwd: root,
    encoding: "utf8",
  });
  if (error || status !== 0) {
    throw new UserError(
      `git must know the files, so that they can be had again, and says: ${(error?.message ?? stderr).trim()}`,
    );
  }
  const changed = stdout.split("\0").filter((line) => line !== "");
  if (changed.length === 0) return;
  const listed = changed.slice(0, 10).map((line) => `  ${line}`);
  const rest = changed.length > 10 ? [`  and ${changed.length - 10} more`] : [];
  throw new UserError([`files must be committed first, since this changes them, got`, ...listed, ...rest].join("\n"));
}

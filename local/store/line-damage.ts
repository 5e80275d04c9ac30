import { UserError } from "../../lib/user-error";

/** A way out of damage. */
export interface Loss {
  /** The part to delete. */
  readonly what: string;
  /** The script of sed's that does it. */
  readonly script: string;
  /** The data lost with it. */
  readonly cost: string;
}

interface DamagedLine {
  readonly path: string;
  readonly line: number;
  readonly reason: string;
}

/** The error for a damaged line of a log, with a command that removes it. */
export function lineDamage({ path, line, reason }: DamagedLine, loss?: Loss): UserError {
  const { what, script, cost } = loss ?? { what: "this line", script: `${line}d`, cost: "this one write" };
  const alone = `delete ${what} (sed -i.damaged ${script} '${path}') to lose ${cost}`;
  return new UserError(
    `${path}: line ${line} is damaged (${reason}); ${alone}, or start with --fresh, which forgets all that is stored`,
  );
}

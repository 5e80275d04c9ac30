import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { commandsOf } from "./commands";
import type { Shell } from "./shell";

/** A command of a page, as it stands there, the fault that it is for, and how that shows. */
export interface Step {
  readonly command: string;
  /** The fault, or the question. */
  readonly fault: string;
  /** Values of the placeholders: `<id>` → `a1b2`. */
  readonly filled?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /** Input at a prompt. */
  readonly typed?: string;
  /** Brings the fault about. */
  readonly before?: () => Promise<void> | void;
  readonly status?: number;
  /** The output that is required. */
  readonly shows?: RegExp;
  /** The state that is required afterwards. */
  readonly leaves?: (printed: string) => Promise<void> | void;
  /** Programs that are required on this machine. @default none */
  readonly needs?: Need;
}

/** A command that another test, or script of CI's, runs: which, and words of it. */
export interface Elsewhere {
  readonly command: string;
  readonly by: string;
  readonly words: string;
}

type Need = "aws" | "terraform";

const root = join(__dirname, "../../..");

/** Whether a program is here; Terraform has to find its provider, too, without a network. */
const has: Readonly<Record<Need, boolean>> = {
  aws: spawnSync("aws", ["--version"]).status === 0,
  terraform: process.env["TERRAFORM_OFFLINE_MIRROR"] !== undefined,
};

const withNames = (command: string, { filled = {} }: Step): string =>
  Object.entries(typeof filled === "function" ? filled() : filled).reduce(
    (text, [name, value]) => text.replaceAll(name, value),
    command,
  );

async function take(shell: () => Shell, step: Step): Promise<void> {
  const { before, command, typed, status = 0, shows = /(?:)/, leaves } = step;
  await before?.();
  const ran = await shell().run(withNames(command, step), typed);

  // Of what Terraform prints, what a person sees at the end is enough to know why.
  const found = shows.test(ran.printed) ? shows.source : ran.printed.slice(-4000);
  expect({ command, status: ran.status, found }).toEqual({ command, status, found: shows.source });
  await leaves?.(ran.printed);
}

/**
 * Walks a page: each of its commands, typed into one shell in the order given, has to find the fault that it is for. No command
 * may be without a step, and no step without its command.
 *
 * @param shell what has been set up by then
 */
export function walk(
  page: string,
  shell: () => Shell,
  steps: readonly Step[],
  others: readonly Elsewhere[] = [],
): void {
  describe(page, () => {
    it("has every command of it walked", () => {
      const known = [...steps, ...others].map(({ command }) => command);

      expect([...new Set(known)].sort()).toEqual(commandsOf(page).sort());
    });

    for (const step of steps) {
      const { command, fault, needs } = step;
      const missing = needs !== undefined && !has[needs];
      (missing ? it.skip : it)(`${command}: ${fault}${missing ? ` (no ${needs} here)` : ""}`, () => take(shell, step));
    }

    for (const { command, by, words } of others) {
      it(`${command} is run by ${by}`, () => {
        expect(existsSync(join(root, by))).toBe(true);
        expect(readFileSync(join(root, by), "utf8")).toContain(words);
      });
    }
  });
}

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CheckResult } from "./account/checks";
import type { Behaviours } from "./behaviours";
import { latencies } from "./words";

export interface ReportOptions {
  readonly stack: string;
  readonly region: string;
  /** ARN of the caller. */
  readonly caller: string;
  readonly results: readonly CheckResult[];
  readonly behaviours: readonly Behaviours[];
  readonly at: Date;
}

const cell = (words: string): string => words.replaceAll("|", "\\|").replace(/\s+/g, " ");

/** The commit, and whether the working tree has changes. */
function commit(): string {
  const git = (...args: string[]) =>
    execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    return `commit ${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain") === "" ? "" : " and changes"}`;
  } catch {
    // Sources without a repository are sources all the same.
    return "no commit";
  }
}

/** Account ids are nobody's business who reads this. */
const discreet = (text: string): string => text.replace(/\b\d{12}\b/g, "<account>");

function requestTable({ entrance, rows, left }: Behaviours): string {
  const status = (step: { observation?: { status: number } | undefined } | undefined) =>
    step?.observation?.status ?? "none";
  const lines = rows.map(
    ({ target, local, problems }) =>
      `| ${cell(target.name)} | ${status(target)} | ${target.ms} ms | ${status(local)} | ${local?.ms ?? 0} ms | ${cell(problems.join("; "))} |`,
  );
  return [
    `## Requests to ${entrance}`,
    `Half of them within ${latencies(rows, ({ target }) => target)}.`,
    ["| Request | There | | Locally | | Differs in |", "|---|---|---|---|---|---|", ...lines].join("\n"),
    ...(left.length > 0 ? [`Not deleted: ${left.join("; ")}.`] : []),
  ].join("\n\n");
}

/** Writes what a run has seen of a deployment. @returns the file */
export function writeReport(folder: string, { stack, region, caller, results, behaviours, at }: ReportOptions): string {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  const date = at.toISOString().slice(0, 10);
  const text = [
    `# ${stack}, ${date}`,
    `\`npm run acceptance\` at ${at.toISOString()} in ${region} as ${caller}, Terrace ${version} (${commit()}), Node.js ${process.version}.`,
    [
      "| Check | Result | What was seen |",
      "|---|---|---|",
      ...results.map(({ name, result, words }) => `| \`${name}\` | ${result} | ${cell(words)} |`),
    ].join("\n"),
    ...behaviours.map(requestTable),
  ].join("\n\n");
  const file = join(folder, `${date}-${stack}.md`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${discreet(text)}\n`);
  return file;
}

import type { Severity, StackChange } from "./change";

const titles: Readonly<Record<Severity, string>> = {
  risk: "Check twice: data lost, rights widened, something opened, or clients broken",
  notice: "Felt by somebody",
  info: "The rest",
};

/**
 * The changes in words, in markdown: by severity, then by stack.
 *
 * @param compared the stacks that were compared, which are named where nothing changes
 */
export function inMarkdown(changes: readonly StackChange[], compared: readonly string[]): string {
  if (changes.length === 0) return `No changes in ${compared.join(", ")}.`;
  const section = (severity: Severity): string[] => {
    const ofIt = changes.filter((change) => change.severity === severity);
    const stacks = [...new Set(ofIt.map(({ stack }) => stack))];
    const lines = stacks.flatMap((name) => [
      "",
      `**${name}**`,
      ...ofIt.filter(({ stack }) => stack === name).map(({ text }) => `- ${text}`),
    ]);
    return ofIt.length === 0 ? [] : ["", `### ${titles[severity]}`, ...lines];
  };
  return (["risk", "notice", "info"] as const).flatMap(section).join("\n").trim();
}

/** The process's exit code: 2 where there is a risk. */
export const exitCode = (changes: readonly StackChange[]): number =>
  changes.some(({ severity }) => severity === "risk") ? 2 : 0;

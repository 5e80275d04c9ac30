import type { Mutation } from "./mutations";

/** Changes of a file that nobody can notice, for one reason. */
interface Equivalents {
  readonly file: string;
  readonly why: string;
  /** Each line as it is and as it is changed, without its number, which moves. */
  readonly changes: readonly (readonly [line: string, changed: string])[];
}

const record = "bytes += Buffer.byteLength(JSON.stringify(contentOf(record))) + 1;";
const replayed = `this.write(write, { at: change.at ?? 0, expired: "expired" in change && change.expired === true });`;

/** The changes for which no test is missing. */
export const equivalents: readonly Equivalents[] = [
  {
    file: "aws/limits.ts",
    why: "bounds that tests alone know, and that no policy or name comes near",
    changes: [
      ["rolePolicyCharacters: 10_240,", "rolePolicyCharacters: 10241,"],
      ["trustPolicyCharacters: 2048,", "trustPolicyCharacters: 2049,"],
      ["roleNameCharacters: 64,", "roleNameCharacters: 65,"],
    ],
  },
  {
    file: "local/lambda/fitting.ts",
    why: "an estimate, whose margin is more than it can err by",
    changes: [
      ["const MARGIN_BYTES = 1024;", "const MARGIN_BYTES = 1025;"],
      ["let bytes = 0;", "let bytes = 1;"],
      [record, record.replace("+ 1", "- 1")],
      [record, record.replace("+ 1", "+ 2")],
      [
        "return bytes > lambdaLimits.requestBytes - MARGIN_BYTES;",
        "return bytes >= lambdaLimits.requestBytes - MARGIN_BYTES;",
      ],
    ],
  },
  {
    file: "local/services/dynamodb/contents.ts",
    why: "of a table with a stream the log has the time of each change, and names an expiry only where there is one",
    changes: [
      [replayed, replayed.replace("?? 0", "?? 1")],
      [replayed, replayed.replace("&&", "||")],
    ],
  },
];

const lineOf = (text: string, line: number): string | undefined => text.split("\n")[line - 1]?.trim();

/** Whether a change makes no difference. @param source the file as it is */
export const isEquivalent = (file: string, { line, text }: Mutation, source: string): boolean =>
  equivalents.some(
    (those) =>
      those.file === file &&
      those.changes.some(([before, after]) => before === lineOf(source, line) && after === lineOf(text, line)),
  );

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../../..");

/** Every page that a person reads. */
export const pages: readonly string[] = ["README.md", "CONTRIBUTING.md"].concat(
  readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`)
    .sort(),
);

/** The text of a page. */
export const textOf = (page: string): string => readFileSync(join(root, page), "utf8");

/** One line, without the comment after it. */
const plain = (line: string): string =>
  line
    .replace(/\s+/g, " ")
    .replace(/ #( .*)?$/, "")
    .trim();

/** The lines of a page's shell blocks, each whole. */
export const linesIn = (markdown: string): string[] =>
  [...markdown.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)]
    .flatMap(([, block = ""]) => block.replace(/\\\n\s*/g, "").split(/(?<![|&])\n/))
    .map(plain)
    .filter((line) => line !== "");

/** Text between backticks in a page's sentences. */
export const inlineIn = (markdown: string): string[] =>
  [...markdown.replace(/^ *```[\s\S]*?^ *```/gm, "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) => plain(code));

const begins = /^(?:[A-Za-z_]+=\S+ )*(?:aws|npm|npx|terraform|gh|export|read|curl|git|openssl|\.ci\/[a-z-]+) /;

/** Names of commands without their arguments, which are no commands. */
const name =
  /^(?:npm (?:run )?(?:-s )?[\w:-]+|npx cdktf(?: \w+)?|terraform [a-z]+(?: [a-z]+)?|gh [a-z]+ [a-z]+|aws [a-z]+|git [a-z]+)$/;

/** The commands that a page has its reader type: the lines of its shell blocks, and those in its sentences. */
export const commandsOf = (page: string): string[] => {
  const inline = inlineIn(textOf(page)).filter((code) => begins.test(code) && !name.test(code) && !code.includes("…"));
  return [...new Set([...linesIn(textOf(page)), ...inline])];
};

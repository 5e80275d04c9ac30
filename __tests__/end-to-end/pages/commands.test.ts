import { spawnSync } from "node:child_process";
import { join } from "node:path";
import packageJson from "../../../package.json";
import { inlineIn, linesIn, pages, textOf } from "../../support/pages/commands";

// Each command is a process of its own.
jest.setTimeout(300_000);

const root = join(__dirname, "../../..");

interface Command {
  readonly page: string;
  readonly text: string;
}

const all = pages.flatMap((page) =>
  [...linesIn(textOf(page)), ...inlineIn(textOf(page))].map((text): Command => ({ page, text })),
);
const unique = (commands: readonly Command[]): [string, string][] => [
  ...new Map(commands.map(({ page, text }) => [text, page])),
];

/** AWS's commands, each up to what follows it. */
const aws = unique(
  all.flatMap(({ page, text }) => {
    const [, command] = /^(?:if |\$\()?(aws [a-z0-9-]+ [^|&;)]+)/.exec(text) ?? [];
    return command ? [{ page, text: command.trim() }] : [];
  }),
);

/** Those that have no region, and those of the local run, whose variables say it. */
const global = /^aws (s3|s3api|sts|iam|cloudfront|logs tail) /;

/** For the SDK and the CLI's second version, and for its first. */
const setsRegion = (page: string): boolean => /export AWS_REGION=(\S+) AWS_DEFAULT_REGION=\1/.test(textOf(page));

it.each(aws)("%s says in which region, as %s has it", (command, page) => {
  expect(global.test(command) || setsRegion(page) || / --region /.test(command)).toBe(true);
});

it("uses nothing that only GNU's tools know", () => {
  const gnu = /\bdate -d\b|\bmd5sum\b|\bsed -i -|\breadlink -f\b|\bgrep -P\b/;

  expect(all.filter(({ text }) => gnu.test(text))).toEqual([]);
});

it("names an environment by a stack's name, never by a variable that is forgotten", () => {
  const named = all.filter(({ text }) => /\bcdktf (diff|deploy|destroy|output) \w[\w-]*-(qa|prod)\b/.test(text));
  const compared = all.filter(
    ({ text }) => /^npm run changes -- /.test(text) && !/--stack/.test(text) && /prod/.test(text),
  );

  expect([...named, ...compared]).toEqual([]);
});

/** The commands of our own that take options, with what they say of them. */
const scripts = Object.entries(packageJson.scripts).filter(([, line]) => /run\.js (tools|local\/run)\//.test(line));
const typed = scripts.flatMap(([script]) => {
  const uses = all.filter(({ text }) => new RegExp(`npm (run )?(-s )?${script} -- `).test(text));
  const options = uses.flatMap(({ text }) => {
    const [, rest = ""] = text.split(new RegExp(`${script} -- `));
    return (rest.split("|")[0] ?? "").match(/(?<=^| )--[a-z-]+/g) ?? [];
  });
  return options.length > 0 && script !== "terraform" ? [[script, [...new Set(options)]] as const] : [];
});

it.each(typed)("npm run %s knows the options that pages give it", (script, options) => {
  const { stdout } = spawnSync("npm", ["run", "-s", script, "--", "--help"], { cwd: root, encoding: "utf8" });

  for (const option of options) if (option !== "--help") expect(stdout).toContain(option);
});

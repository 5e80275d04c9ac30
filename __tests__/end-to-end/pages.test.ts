import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json";

// Each command is a process of its own.
jest.setTimeout(300_000);

const root = join(__dirname, "../..");
const pages = ["README.md", "CONTRIBUTING.md"].concat(
  readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
);

interface Command {
  readonly page: string;
  readonly text: string;
}

/** The commands of a page: lines of its shell blocks, and what stands between backticks and begins like one. */
function commandsOf(page: string): Command[] {
  const markdown = readFileSync(join(root, page), "utf8");
  const blocks = [...markdown.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].map(([, block = ""]) => block);
  const lines = blocks.flatMap((block) => block.replace(/\\\n\s*/g, "").split("\n"));
  const inline = [...markdown.replace(/^ *```[\s\S]*?^ *```/gm, "").matchAll(/`([^`]+)`/g)].map(
    ([, code = ""]) => code,
  );
  return [...lines, ...inline]
    .map((line) =>
      line
        .replace(/\s+/g, " ")
        .replace(/ #( .*)?$/, "")
        .trim(),
    )
    .filter((line) => line !== "")
    .map((text) => ({ page, text }));
}

const all = pages.flatMap(commandsOf);
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

/** Those that have no region, and those whose page sets one. */
const global = /^aws (s3|s3api|sts|iam|cloudfront) /;

/** For the SDK and the CLI's second version, and for its first. */
const setsRegion = (page: string): boolean =>
  /export AWS_REGION=(\S+) AWS_DEFAULT_REGION=\1/.test(readFileSync(join(root, page), "utf8"));

it.each(aws)("%s says in which region, as %s has it", (command, page) => {
  expect(global.test(command) || setsRegion(page) || / --region /.test(command)).toBe(true);
});

const hasAws = spawnSync("aws", ["--version"]).status === 0;
if (!hasAws) console.warn("The AWS CLI is not here: its opinion of the commands in pages was not asked.");

/** What a person puts in the place of a name. */
const filledIn = (command: string): string =>
  command
    .replace(/<ms>/g, "1769860800000")
    .replace(/<id>/g, "abc")
    .replace(/"\$TABLE"/g, "records-prod-records")
    .replace(/"\$TABLE-restored"/g, "records-prod-records-restored")
    .replace(/<[^>]+>/g, "us-east-1");

(hasAws ? it : it.skip).each(aws.filter(([command]) => !/^aws s3 cp /.test(command)))(
  "%s is taken by the AWS CLI, which gets as far as asking AWS (%s)",
  (command, page) => {
    const { AWS_REGION: _, AWS_DEFAULT_REGION: __, ...others } = process.env;
    const region = setsRegion(page) || global.test(command) ? { AWS_DEFAULT_REGION: "us-east-1" } : {};
    const env = {
      ...others,
      ...region,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_MAX_ATTEMPTS: "1",
      // Nobody answers there.
      AWS_ENDPOINT_URL: "http://127.0.0.1:9",
    };
    const { stderr } = spawnSync("bash", ["-c", filledIn(command)], { env, encoding: "utf8" });

    expect(stderr).toMatch(/Could not connect to the endpoint URL|Connect timeout|Waiter \w+ failed/);
  },
);

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

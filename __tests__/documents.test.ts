import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../package.json";
import { checks } from "../tools/acceptance/account/checks";
import { byPerson, claims, seenIn } from "../tools/acceptance/claims";

const root = join(__dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const documents = ["README.md", "CONTRIBUTING.md", "help"].concat(
  readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => `docs/${file}`),
);

/** npm's own, which need no entry in package.json. */
const builtIn = ["ci", "install", "pkg"];

it.each(documents)("%s names only commands that exist", (document) => {
  const commands = [...read(document).matchAll(/\bnpm (?:run (?:-s )?)?([a-z][a-z0-9:-]*)/g)].map(
    ([, command = ""]) => command,
  );
  const unknown = commands.filter((command) => !builtIn.includes(command) && !(command in packageJson.scripts));
  const tools = [...read(document).matchAll(/\bnpx ([a-z][a-z-]*)/g)].map(([, tool = ""]) => tool);

  expect(unknown).toEqual([]);
  expect(tools.filter((tool) => !existsSync(join(root, "node_modules/.bin", tool)))).toEqual([]);
});

it.each(documents.filter((document) => document.endsWith(".md")))(
  "%s links only to files that are there",
  (document) => {
    const links = [...read(document).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)].map(([, link = ""]) => link);

    expect(links.filter((link) => !existsSync(join(root, document, "..", link)))).toEqual([]);
  },
);

it("help names every command of package.json that a person types", () => {
  const inner = (name: string) => name.includes(":");

  for (const name of Object.keys(packageJson.scripts)) {
    if (!inner(name)) expect(read("help")).toMatch(new RegExp(`npm (run (-s )?)?${name}\\b`));
  }
});

it("says what the files of the project say of themselves, and nothing of the machine they were written on", () => {
  for (const document of documents) expect(read(document)).not.toMatch(/\/(home|root|work|Users)\//);
});

it("shows as tests what is tested", () => {
  const tests = ["constructs/matchers.test.ts", "with-terraform/constructs.test.ts"].map((file) =>
    read(`__tests__/${file}`),
  );
  const shown = [...read("docs/testing.md").matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = ""]) => text);

  expect(shown).toHaveLength(4);
  expect(shown.filter((text) => !tests.some((test) => test.includes(text)))).toEqual([]);
});

it("says of all that no report of a live account has seen that it was never tried, and of nothing else", () => {
  const [, listed = ""] = /^Never tried on a live account.*?\n\n(.*?)\n\n/ms.exec(read("README.md")) ?? [];
  const names = [...listed.matchAll(/^- (.*?):/gm)].flatMap(([, before = ""]) => before.match(/[a-z-]{4,}/g) ?? []);
  const seen = seenIn(join(root, "docs/live"));

  expect(names.sort()).toEqual(claims.filter((name) => !seen.has(name)));
});

it("says of each check what passes it, and of what a person sees that one does", () => {
  const page = read("docs/live/README.md");

  expect([...page.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name).sort()).toEqual(Object.keys(checks).sort());
  for (const name of Object.keys(byPerson)) expect(page).toContain(`\`${name}\``);
});

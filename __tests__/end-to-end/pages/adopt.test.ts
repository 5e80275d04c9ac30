// Stands on: records, items

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Shell } from "../../support/pages/shell";
import { type Elsewhere, walk } from "../../support/pages/walk";

jest.setTimeout(300_000);

const root = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "terrace-adopt-"));
const upstream = join(folder, "upstream");
const mine = join(folder, "backends");
const identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
const git = (cwd: string, ...args: string[]) => spawnSync("git", [...identity, ...args], { cwd, encoding: "utf8" });
const edit = (cwd: string, path: string, change: (text: string) => string): void =>
  writeFileSync(join(cwd, path), change(readFileSync(join(cwd, path), "utf8")));

let shell: Shell;
beforeAll(() => {
  const { stdout } = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard");
  for (const path of stdout.split("\0")) {
    if (path === "" || !existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(upstream, path)), { recursive: true });
    cpSync(join(root, path), join(upstream, path));
  }
  git(upstream, "init", "--quiet", "--initial-branch", "main");
  git(upstream, "add", "--all");
  git(upstream, "commit", "--quiet", "--message", "A release");
  const names = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@example.com" };
  const committer = { GIT_COMMITTER_NAME: "a", GIT_COMMITTER_EMAIL: "a@example.com" };
  shell = new Shell(folder, { ...names, ...committer }, {});
});
afterAll(() => {
  shell.stop();
  rmSync(folder, { recursive: true, force: true });
});

const by = (file: string, words: string, ...commands: string[]): Elsewhere[] =>
  commands.map((command) => ({ command, by: file, words }));

walk(
  "docs/adopt.md",
  () => shell,
  [
    {
      command: "git clone --origin upstream https://github.com/example/terrace.git backends && cd backends",
      fault: "there is no project yet",
      filled: { "https://github.com/example/terrace.git": upstream },
      leaves: () => {
        expect(git(mine, "remote").stdout).toBe("upstream\n");
        spawnSync("cp", ["-al", join(root, "node_modules"), join(mine, "node_modules")]);
      },
    },
    {
      command: "npm pkg set name=backends",
      fault: "it is called as this one",
      leaves: () => {
        expect(JSON.parse(readFileSync(join(mine, "package.json"), "utf8")).name).toBe("backends");
        git(mine, "commit", "--quiet", "--all", "--message", "Name it");
      },
    },
    { command: "npm run new -- shop", fault: "there is no system of one's own", shows: /npm start -- shop/ },
    {
      command: 'git add --all && git commit --message "Begin a shop"',
      fault: "Git knows nothing of it",
      shows: /Begin a shop/,
    },
    {
      command: "npm run remove -- items",
      fault: "nobody needs a sample",
      shows: /items is gone/,
      leaves: () => {
        git(mine, "add", "--all");
        git(mine, "commit", "--quiet", "--message", "Take items out");
      },
    },
    {
      command: "git fetch upstream && git merge upstream/main",
      fault: "a release changes a sample that is gone, and what is upstream's",
      before: () => {
        edit(upstream, "handlers/items/item.ts", (text) => `${text}// A release changes it.\n`);
        edit(upstream, "handlers/runtime/same.ts", (text) => `${text}// A release changes it.\n`);
        git(upstream, "commit", "--quiet", "--all", "--message", "Another release");
      },
      status: 1,
      shows: /CONFLICT \(modify\/delete\): handlers\/items\/item\.ts/,
    },
    {
      command: "git status --porcelain | sed -n 's/^D[UA] //p' | xargs git rm --quiet --",
      fault: "the sample would come back",
      leaves: () => {
        expect(existsSync(join(mine, "handlers/items/item.ts"))).toBe(false);
        expect(git(mine, "commit", "--quiet", "--no-edit").status).toBe(0);
        expect(readFileSync(join(mine, "handlers/runtime/same.ts"), "utf8")).toContain("A release changes it.");
      },
    },
  ],
  [
    ...by("__tests__/end-to-end/pages/state.test.ts", '"npm run changes -- main"', "npm run changes -- main"),
    ...by("__tests__/end-to-end/new-and-remove.test.ts", '"--dry-run"', "npm run remove -- items --dry-run"),
    ...by(".ci/run", '.ci/terraform-upgrades "$offline"', ".ci/terraform-upgrades <offline command> --record"),
  ],
);

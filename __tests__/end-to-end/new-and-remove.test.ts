import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { apply, type Change, undoUnfinished } from "../../tools/systems/change";
import { systemsIn } from "../../tools/systems/registered";

const root = process.cwd();
const folder = join(tmpdir(), `terrace-new-${process.pid}`, "a project");
afterAll(() => rmSync(dirname(folder), { recursive: true, force: true }));

function run(command: string, args: readonly string[], cwd = folder) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  return { status, said: stdout + stderr };
}
const node = (...args: string[]) => run(process.execPath, args);
const git = (...args: string[]) => run("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args]);
const make = (...args: string[]) => node("run.js", "tools/new.ts", ...args);
const remove = (...args: string[]) => node("run.js", "tools/remove.ts", ...args);
const read = (path: string): string => readFileSync(join(folder, path), "utf8");
const changes = (): string => git("status", "--porcelain").said;

/** A copy of the project that Git knows, as somebody has who begins with it. */
beforeAll(() => {
  const { stdout } = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const path of stdout.split("\0")) {
    if (path === "" || !existsSync(join(root, path))) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path));
  }
  // Linked file by file: tools look for packages inside the project.
  spawnSync("cp", ["-al", join(root, "node_modules"), join(folder, "node_modules")]);
  git("init", "--quiet");
  git("add", "--all");
  expect(git("commit", "--quiet", "--message", "A copy").status).toBe(0);
});

describe("npm run new", () => {
  it.each([
    ["", 'system: must be a name in kebab-case of at most 20 characters (shop, order-book), got ""; choose another'],
    ["../x", "must be a name in kebab-case"],
    ["Shop", "must be a name in kebab-case"],
    ["shop_2", "must be a name in kebab-case"],
    ["shop-", "must be a name in kebab-case"],
    ["2shop", "must be a name in kebab-case"],
    ["a-shop-whose-name-is-long", "must be a name in kebab-case"],
    ["records", "system: must be a new one, got records, which is in main.ts; choose another"],
    ["constructor", "system: must not be a word that has a meaning in settings or sources, got constructor"],
    ["to-string", "must not be a word that has a meaning"],
    ["account", "must not be a word that has a meaning"],
    ["deletion-protection", "must not be a word that has a meaning"],
    ["runtime", "system: must not be the name of files that are there, got runtime (handlers/runtime/"],
    ["openapi", "must not be the name of files that are there, got openapi (contracts/openapi.ts"],
  ])("refuses %j, and writes nothing", (name, refusal) => {
    const { status, said } = make(name);

    expect([status, said.includes(refusal), said]).toEqual([1, true, expect.not.stringMatching(/^ +at /m)]);
    expect(changes()).toBe("");
  });

  it("refuses to mix with changes that are not committed, naming them", () => {
    const before = read("main.ts");
    writeFileSync(join(folder, "main.ts"), `${before}// mine\n`);

    expect(make("shop")).toEqual({ status: 1, said: expect.stringContaining(" M main.ts") });
    writeFileSync(join(folder, "main.ts"), before);
    expect(changes()).toBe("");
  });

  it("leaves nothing where it fails half-way", () => {
    const path = "tools/systems/template/stack.txt";
    const template = read(path);
    writeFileSync(join(folder, path), template.replace('"GetItem"', '"GetItems"+'));
    const { status, said } = make("shop");

    expect([status, said]).toEqual([1, expect.stringMatching(/failed|Expected/)]);
    expect(changes()).toBe(` M ${path}\n`);
    writeFileSync(join(folder, path), template);
    expect(changes()).toBe("");
  });
});

it("undoes by the next command what was stopped half-way, and says so", () => {
  const change: Change = {
    by: "npm run new -- half",
    writes: new Map([["contracts/half.ts", "export {};\n"]]),
    deletions: ["openapi/items.json"],
  };
  const kept = join(folder, "journal");
  apply(folder, change, () => cpSync(join(folder, ".unfinished-change.json"), kept));
  // As it lies there when the process that wrote it was killed.
  writeFileSync(
    join(folder, ".unfinished-change.json"),
    readFileSync(kept, "utf8").replace(/"process":\d+/, '"process":999999999'),
  );
  rmSync(kept);

  expect(existsSync(join(folder, "openapi/items.json"))).toBe(false);
  expect(make("Half").said).toContain("npm run new -- half had stopped half-way; its files are as they were before it");
  expect(changes()).toBe("");
  expect(undoUnfinished(folder)).toBeUndefined();
});

describe("npm run remove", () => {
  it.each([
    [["nobody"], "system: must be one of data-processor, items, records, user-directory, user-management, got nobody"],
    [["account"], "got account; name one"],
    [[], "got none; name one"],
    [["../items"], "got ../items; name one"],
  ])("refuses %j", (args, refusal) => {
    expect(remove(...args)).toEqual({ status: 1, said: expect.stringContaining(refusal) });
    expect(changes()).toBe("");
  });

  it("refuses to delete what is not committed", () => {
    writeFileSync(join(folder, "handlers/items/mine.ts"), "export {};\n");

    expect(remove("items")).toEqual({ status: 1, said: expect.stringContaining("?? handlers/items/mine.ts") });
    rmSync(join(folder, "handlers/items/mine.ts"));
    expect(changes()).toBe("");
  });

  it("says with --dry-run what it would do, and does nothing", () => {
    const { said } = remove("items", "--dry-run");

    expect(said).toContain("deletes  stacks/items-stack.ts\n");
    expect(said).toContain("changes  environments/prod.ts\n");
    expect(changes()).toBe("");
  });
});

const packageOf: Readonly<Record<string, readonly string[]>> = {
  types: ["typescript/lib/tsc.js", "--noEmit"],
  style: ["@biomejs/biome/bin/biome", "check", "--error-on-warnings", "."],
  imports: ["dependency-cruiser/bin/dependency-cruise.mjs", "--config", ".dependency-cruiser.js", "."],
  unused: ["knip/bin/knip.js"],
};

/** That the project is whole: by `npm run check`, and by some of its tests. */
function expectWhole(...tests: string[]): void {
  for (const [check, [tool, ...args]] of Object.entries(packageOf) as [string, [string, ...string[]]][]) {
    const { status, said } = node(`node_modules/${tool}`, ...args);
    expect([check, status, status === 0 ? "" : said.slice(0, 4000)]).toEqual([check, 0, ""]);
  }
  const { status, said } = node("node_modules/jest/bin/jest.js", "--maxWorkers=1", ...tests);
  expect([status, status === 0 ? "" : said.slice(-6000)]).toEqual([0, ""]);
}

describe("a project without the samples", () => {
  it("is whole when one is gone, and mentions it among its files nowhere", () => {
    expect(remove("items").said).toMatch(/^items is gone: \d+ files deleted, \d+ changed/);

    expect(systemsIn(folder)).toEqual(["data-processor", "records", "user-directory", "user-management"]);
    expect(git("ls-files", "--others", "--exclude-standard").said).toBe("");
    for (const path of ["main.ts", "environments/dev.ts", "environments/environment.ts", "docs/deletion.md"])
      expect(read(path)).not.toMatch(/ItemsS|^ {2}items: \{|^## items$/m);
    git("add", "--all");
    git("commit", "--quiet", "--message", "Without items");
  });

  it("is whole when all are gone, and so it is with a system of its own", () => {
    for (const system of systemsIn(folder)) {
      expect(remove(system).status).toBe(0);
      git("add", "--all");
      git("commit", "--quiet", "--message", `Without ${system}`);
    }
    expect(systemsIn(folder)).toEqual([]);
    expectWhole("__tests__/documents", "__tests__/runbooks", "__tests__/contracts/openapi", "__tests__/stacks/account");

    expect(make("shop")).toEqual({
      status: 0,
      said: expect.stringMatching(/npm start -- shop[\s\S]*cdktf deploy shop-dev/),
    });
    expectWhole("shop", "__tests__/stacks/(access|alarms|dashboards|deletion)", "__tests__/contracts/openapi");
    expect(make("shop").said).toContain("which is in main.ts");
    git("add", "--all");
    git("commit", "--quiet", "--message", "With a shop");
    expect(remove("shop").status).toBe(0);
    expect(git("diff", "--stat", "HEAD~1").said).toBe("");
  });
});

import { mkdirSync, renameSync, rmSync, symlinkSync, watch, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { SourceTree, type SourceTreeOptions } from "../../../../local/run/watch/source-tree";
import { until } from "../../../support/eventually";
import { temporaryFolder } from "../../support/stack-file";

const open: SourceTree[] = [];
afterEach(() => {
  for (const tree of open.splice(0)) tree.close();
});

interface Watching {
  readonly root: string;
  readonly touched: Set<string>;
  readonly problems: string[];
  readonly tree: SourceTree;
  write(path: string, text?: string): void;
  /** Waits until a file counts as touched, and forgets about it. */
  sees(path: string): Promise<void>;
}

function watching(
  prepare: (root: string) => void = () => undefined,
  options: Partial<SourceTreeOptions> = {},
): Watching {
  const root = temporaryFolder();
  const write = (path: string, text = "") => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const path of ["main.ts", "package.json", "handlers/a/one.ts", "handlers/a/deep/two.ts", "stacks/s.ts"])
    write(path);
  prepare(root);
  const touched = new Set<string>();
  const problems: string[] = [];
  const tree = new SourceTree({
    root,
    folders: ["handlers", "stacks", "absent"],
    files: ["main.ts"],
    onTouch: (paths) => {
      for (const path of paths) touched.add(relative(root, path));
    },
    onProblem: (message) => void problems.push(message),
    ...options,
  });
  open.push(tree);
  const sees = async (path: string) => {
    expect(await until(async () => touched.has(path), Boolean)).toBe(true);
    touched.delete(path);
  };
  return { root, touched, problems, tree, write, sees };
}

test("the sources of folders and single files of the root are found, and nothing else", () => {
  const { root, tree, touched } = watching((folder) => {
    for (const path of ["handlers/a/x.d.ts", "handlers/a/notes.md", "other.ts"]) writeFileSync(join(folder, path), "");
  });
  const paths = tree.paths.map((path) => relative(root, path)).sort();
  expect(paths).toEqual(["handlers/a/deep/two.ts", "handlers/a/one.ts", "main.ts", "stacks/s.ts"]);
  expect(touched.size).toBe(0);
});

test.each([
  ["written", "handlers/a/one.ts", "1"],
  ["written in the root", "main.ts", "1"],
  ["made", "handlers/a/three.ts", "1"],
  ["made, of another kind that is bundled", "handlers/a/table.json", "{}"],
  ["made in a folder that is made for it", "handlers/new/folder/four.ts", "1"],
  ["made in a folder that was not there at all", "absent/five.ts", "1"],
])("a file that is %s is seen", async (_what, path, text) => {
  const { write, sees } = watching();
  write(path, text);
  await sees(path);
});

test("what is deleted and what is moved in are seen", async () => {
  const { root, sees } = watching((folder) => {
    mkdirSync(join(folder, "elsewhere"));
    writeFileSync(join(folder, "elsewhere/six.ts"), "");
  });
  rmSync(join(root, "handlers/a/one.ts"));
  await sees("handlers/a/one.ts");
  renameSync(join(root, "elsewhere"), join(root, "handlers/b"));
  await sees("handlers/b/six.ts");
});

test.each(["handlers/a", "handlers", "handlers/a/deep"])(
  "%s may go and come back, in one go or with time in between, and what is in it is seen as before",
  async (folder) => {
    const { root, write, sees, touched, tree } = watching();
    for (const seenToBeGone of [false, true, false]) {
      rmSync(join(root, folder), { recursive: true });
      if (seenToBeGone) await sees("handlers/a/deep/two.ts");
      write("handlers/a/one.ts", "back");
      write("handlers/a/deep/two.ts", "back");
      await until(
        async () => tree.paths.length,
        (count) => count === 4,
      );
      await sees("handlers/a/deep/two.ts");
      touched.clear();
      write("handlers/a/deep/two.ts", "edited");
      await sees("handlers/a/deep/two.ts");
      write("handlers/a/new.ts", "");
      await sees("handlers/a/new.ts");
      rmSync(join(root, "handlers/a/new.ts"));
      await sees("handlers/a/new.ts");
    }
  },
);

test("a log in the project's folder is nothing to scan the tree for, and a file in a folder's place is", async () => {
  const { root, tree, write, sees } = watching();
  const scans = jest.spyOn(tree, "check");
  write("run.log", "a line");
  write("main.ts", "changed");
  await sees("main.ts");
  expect(scans).not.toHaveBeenCalled();
  expect(tree["rescan"]).toBeUndefined();
  rmSync(join(root, "handlers/a"), { recursive: true });
  write("handlers/a", "a file");
  await sees("handlers/a/one.ts");
});

test("another folder in the place of one is watched, as when another branch is checked out", async () => {
  const { root, write, sees } = watching();
  renameSync(join(root, "handlers"), join(root, "before"));
  write("handlers/a/one.ts", "other");
  await sees("handlers/a/one.ts");
  await sees("handlers/a/deep/two.ts");
  write("handlers/a/one.ts", "edited");
  await sees("handlers/a/one.ts");
});

test("a link to a folder is reported once, not followed, and the rest goes on", async () => {
  const { problems, write, sees, tree } = watching((root) => symlinkSync("/", join(root, "handlers/everything")));
  expect(tree.paths).toHaveLength(4);
  write("handlers/a/one.ts", "1");
  await sees("handlers/a/one.ts");
  tree.check();
  expect(problems).toEqual(["handlers/everything can't be watched: a link to a folder is not followed"]);
});

test("links that lead nowhere or to themselves are no reason to end", async () => {
  const { write, sees, problems } = watching((root) => {
    symlinkSync("nowhere.ts", join(root, "handlers/gone.ts"));
    symlinkSync("loop.ts", join(root, "handlers/loop.ts"));
  });
  write("handlers/a/one.ts", "1");
  await sees("handlers/a/one.ts");
  expect(problems).toEqual([expect.stringMatching(/^handlers\/loop\.ts can't be watched: .*ELOOP/)]);
});

const failing =
  (code: string, when: (folder: string) => boolean): typeof watch =>
  (...args: unknown[]) => {
    if (when(String(args[0]))) throw Object.assign(new Error(`${code}: no, watch '${args[0]}'`), { code });
    return (watch as (...all: unknown[]) => ReturnType<typeof watch>)(...args);
  };

test("a folder that can't be read is reported in one line with its name, and the rest goes on", async () => {
  const watchFolder = failing("EACCES", (folder) => folder.endsWith("deep"));
  const { problems, write, sees, tree } = watching(undefined, { watchFolder });
  write("handlers/a/one.ts", "1");
  await sees("handlers/a/one.ts");
  tree.check();
  expect(problems).toEqual(["handlers/a/deep can't be watched: EACCES: no"]);
});

test.each(["ENOSPC", "EMFILE"])(
  "where the system's watches are used up (%s), files are seen all the same",
  async (code) => {
    const { problems, write, sees } = watching(undefined, { watchFolder: failing(code, () => true) });
    write("handlers/a/one.ts", "1");
    await sees("handlers/a/one.ts");
    write("handlers/new/three.ts", "1");
    await sees("handlers/new/three.ts");
    expect(problems).toEqual([
      ". can't be watched: the system's limit of watches is reached; it is scanned every second instead",
    ]);
  },
);

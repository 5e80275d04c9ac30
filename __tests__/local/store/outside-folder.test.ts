import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { makeOutside, removeOutside } from "../../../local/store/outside-folder";
import { identityOf } from "../../../local/store/process-identity";
import { Store } from "../../../local/store/store";
import { temporaryFolder } from "../support/stack-file";

/** A folder for links, and one for what they lead to. */
function folders() {
  const [data, outside] = [temporaryFolder(), realpathSync(temporaryFolder())];
  return { link: join(data, "functions"), outside, left: () => readdirSync(outside) };
}

test("it is this user's alone, and its link leads to it", () => {
  const { link, outside } = folders();
  const folder = makeOutside(link, [outside]);
  expect(readlinkSync(link)).toBe(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test.each([["node_modules"], ["package.json"]])("a place with %s, there or above, is passed over", (name) => {
  const { link, outside } = folders();
  const [bad, below, good] = ["bad", "bad/below", "good"].map((path) => join(outside, path)) as [
    string,
    string,
    string,
  ];
  for (const path of [bad, below, good]) mkdirSync(path);
  writeFileSync(join(bad, name), "");
  expect(makeOutside(link, [bad, below, good])).toContain(`${good}/`);
});

test("where there is no place it is refused with what to do", () => {
  const { link, outside } = folders();
  mkdirSync(join(outside, "node_modules"));
  expect(() => makeOutside(link, [outside])).toThrow(
    `${outside} each have a node_modules or package.json there or above; let TMPDIR name a folder that has not`,
  );
  expect(existsSync(link)).toBe(false);
});

test("what a killed start has left goes, however far it came", () => {
  const { link, outside, left } = folders();
  writeFileSync(join(makeOutside(link, [outside]), "index.mjs"), "");
  removeOutside(link, [outside]);
  expect(left()).toEqual([]);
  // It was killed between the link and the folder.
  symlinkSync(join(outside, "terrace-functions-0123456789abcdef"), link);
  removeOutside(link, [outside]);
  expect(lstatSync(link, { throwIfNoEntry: false })).toBe(undefined);
  // There was none.
  removeOutside(link, [outside]);
});

test.each([
  ["a folder of another name", "mine"],
  ["one elsewhere", "mine/terrace-functions-0123456789abcdef"],
])("a link that leads to %s is removed, and not what it leads to", (_what, path) => {
  const { link, outside } = folders();
  mkdirSync(join(outside, path), { recursive: true });
  symlinkSync(join(outside, path), link);
  removeOutside(link, [outside]);
  expect([existsSync(link), existsSync(join(outside, path))]).toEqual([false, true]);
});

test("what a killed process has left goes with the next start, although its data is gone, and what others use stays", async () => {
  const { link, outside, left } = folders();
  const other = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"]);
  await once(other, "spawn");
  const nameOf = (identity: string) => `terrace-functions-${identity}-0123456789abcdef`;
  const [numbering, pid] = identityOf(other.pid!).split(".");
  const running = nameOf(identityOf(other.pid!));
  const earlier = nameOf(`${numbering}.${pid}.1`);
  const elsewhere = nameOf(`1.${pid}.1`);
  const older = "terrace-functions-0123456789abcdef";
  const names = [running, earlier, elsewhere, older, `${earlier}-mine`, `other-${earlier}`];
  for (const name of names) mkdirSync(join(outside, name, "code"), { recursive: true });
  const own = basename(makeOutside(link, [outside]));
  expect(left().sort()).toEqual([own, ...names.filter((name) => name !== earlier)].sort());
  removeOutside(link, [outside]);
  other.kill("SIGKILL");
  await once(other, "exit");
  const next = basename(makeOutside(link, [outside]));
  expect(left().sort()).toEqual([next, ...names.filter((name) => name !== earlier && name !== running)].sort());
});

test("two runs have folders of their own, which end with them", () => {
  const options = { fresh: false, problem: () => undefined };
  const [one, two] = [new Store(temporaryFolder(), options), new Store(temporaryFolder(), options)];
  expect(one.functions).not.toBe(two.functions);
  one.close();
  expect([existsSync(one.functions), existsSync(two.functions)]).toEqual([false, true]);
  two.close();
  expect(existsSync(two.functions)).toBe(false);
});

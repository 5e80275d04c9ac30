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
import { join } from "node:path";
import { makeOutside, removeOutside } from "../../../local/store/outside-folder";
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

test("two runs have folders of their own, which end with them", () => {
  const options = { fresh: false, problem: () => undefined };
  const [one, two] = [new Store(temporaryFolder(), options), new Store(temporaryFolder(), options)];
  expect(one.functions).not.toBe(two.functions);
  one.close();
  expect([existsSync(one.functions), existsSync(two.functions)]).toEqual([false, true]);
  two.close();
  expect(existsSync(two.functions)).toBe(false);
});

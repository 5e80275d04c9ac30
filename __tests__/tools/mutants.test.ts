import { readFileSync } from "node:fs";
import { equivalents, isEquivalent } from "../../tools/mutants/equivalents";
import { mutationsOf } from "../../tools/mutants/mutations";

describe.each(equivalents)("the changes of $file that make no difference", ({ file, changes }) => {
  const source = readFileSync(file, "utf8");
  const left = mutationsOf(source).filter((mutation) => isEquivalent(file, mutation, source));

  test("are changes that are tried, each of a line that is still there", () => {
    expect(left.map(({ line, text }) => text.split("\n")[line - 1]?.trim()).sort()).toEqual(
      changes.map(([, changed]) => changed).sort(),
    );
  });
});

test("a change of another file, of another line or to something else is tried", () => {
  const source = "let bytes = 0;\nlet bits = 0;\nlet bytes = 0 + 0;\n";
  const tried = mutationsOf(source).filter((one) => !isEquivalent("local/lambda/fitting.ts", one, source));
  expect(tried.map(({ line, after }) => [line, after])).toEqual([
    [2, "1"],
    [3, "-"],
    [3, "1"],
    [3, "1"],
  ]);
  expect(mutationsOf(source).some((one) => isEquivalent("local/lambda/queue-poller.ts", one, source))).toBe(false);
});

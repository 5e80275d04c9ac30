import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError, wordsOf } from "../../lib/user-error";
import { filesBelow } from "../support/files-below";

test("a mistake of a person's is its message, in one line", () => {
  expect(wordsOf(new UserError("port 3000 is in use"))).toBe("port 3000 is in use");
});

test.each([new Error("no phase"), new TypeError("no phase"), new Error("no phase", { cause: new Error("why") })])(
  "a fault of our own keeps its trace and its causes: %p",
  (fault) => {
    expect(wordsOf(fault)).toMatch(/Error: no phase\n +at .*user-error\.test\.ts/);
    if (fault.cause) expect(wordsOf(fault)).toContain("[cause]: Error: why");
  },
);

test.each(["local/read", "local/iam"])("what %s says of a stack is for people, and so a UserError", (folder) => {
  const plain = filesBelow(join(process.cwd(), folder)).filter((file) =>
    readFileSync(file, "utf8").includes("new Error("),
  );
  expect(plain).toEqual([]);
});

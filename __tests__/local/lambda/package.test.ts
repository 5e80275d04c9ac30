import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { zipSync } from "fflate";
import { place, unpack } from "../../../local/lambda/package";
import { provideSdk } from "../../../local/lambda/runtime-packages";
import { temporaryFolder } from "../support/stack-file";

/** A package with a file of this name, and the folder below which it is unpacked. */
function packageWith(name: string) {
  const folder = temporaryFolder();
  const below = join(folder, "functions", "code");
  mkdirSync(below, { recursive: true });
  const zip = join(folder, "code.zip");
  writeFileSync(zip, zipSync({ "index.mjs": Buffer.from("export {}"), [name]: Buffer.from("x") }));
  return { folder, below, zip };
}

test("a package is unpacked with its folders", () => {
  const { zip, below } = packageWith("some/deep/file.txt");
  const folder = unpack(zip, below)();
  expect(existsSync(join(folder, "index.mjs"))).toBe(true);
  expect(existsSync(join(folder, "some/deep/file.txt"))).toBe(true);
});

test.each([
  ["../evil.txt"],
  ["../../evil.txt"],
  ["some/../../../evil.txt"],
  ["../../../../../../../../../../tmp/../evil.txt"],
  ["some/../.."],
])("a package with %s is refused, and nothing is written beside its folder", (name) => {
  const { zip, below, folder } = packageWith(name);
  expect(() => unpack(zip, below)()).toThrow(`${name} leads out of the package`);
  const written = readdirSync(folder, { recursive: true, encoding: "utf8" });
  expect(written.filter((file) => file.includes("evil"))).toEqual([]);
});

test("nor does a name that only begins like the folder's lead beside it", () => {
  const below = temporaryFolder();
  const code = Buffer.from("export {}");
  const folder = createHash("sha256").update(code).digest("hex").slice(0, 24);
  const name = `../${folder}.${process.pid}-evil/index.mjs`;
  expect(() => place({ [name]: code }, below)()).toThrow(`${name} leads out of the package`);
  expect(existsSync(below) ? readdirSync(below).filter((file) => file.includes("evil")) : []).toEqual([]);
});

test("code finds the AWS SDK as in Lambda's runtimes, and no other package of the project", () => {
  const below = temporaryFolder();
  provideSdk(below, process.cwd());
  const { resolve } = createRequire(join(place({ "index.mjs": Buffer.from("export {}") }, below)(), "index.mjs"));
  expect(resolve("@aws-sdk/client-sqs")).toContain(join("@aws-sdk", "client-sqs"));
  for (const name of ["fflate", "zod/mini", "typescript"])
    expect(() => resolve(name)).toThrow(`Cannot find module '${name}'`);
});

import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { decrypt, encrypt, planKey, sha256 } from "../../tools/delivery/encrypted-plan";

const key = randomBytes(32);
const origin = { environment: "dev", commit: "a".repeat(40), run: "17" };
const plan = Buffer.from("Terraform will perform the following actions");
const changed = "the plan must be as it was encrypted, by the same PLAN_KEY, got another; plan again";
const foreign = "the plan must be an encrypted one, got something else; plan again";

it("gives back what was encrypted, whatever it is", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      expect(decrypt(encrypt(Buffer.from(bytes), key, origin), key, origin)).toEqual(Buffer.from(bytes));
    }),
  );
});

it("shows where it comes from, and nothing else; and is another file each time", () => {
  const file = encrypt(plan, key, origin);
  const [header = ""] = file.toString("latin1").split("\n");

  expect(JSON.parse(header)).toEqual({
    format: "terrace-plan-1",
    ...origin,
    nonce: expect.stringMatching(/^[\w+/]{16}$/),
  });
  expect(file.includes("Terraform")).toBe(false);
  expect(encrypt(plan, key, origin).subarray(header.length)).not.toEqual(file.subarray(header.length));
});

const file = encrypt(plan, key, origin);

it("is refused with any byte changed, wherever it is", () => {
  for (let at = 0; at < file.length; at++) {
    const other = Buffer.from(file);
    other[at] = (other[at] ?? 0) ^ 1;

    expect(() => decrypt(other, key, origin)).toThrow(/^the plan must be /);
  }
});

it("is refused cut off anywhere, and with more behind it", () => {
  for (let length = 0; length < file.length; length++) {
    expect(() => decrypt(file.subarray(0, length), key, origin)).toThrow(/^the plan must be /);
  }
  expect(() => decrypt(Buffer.concat([file, Buffer.from([0])]), key, origin)).toThrow(changed);
});

it.each<[what: string, given: () => Buffer, words: string]>([
  ["encrypted with another key", () => encrypt(plan, randomBytes(32), origin), changed],
  ["of another environment", () => encrypt(plan, key, { ...origin, environment: "qa" }), "got one of environment qa"],
  [
    "of another commit",
    () => encrypt(plan, key, { ...origin, commit: "b" }),
    `of commit ${origin.commit}, got one of commit b`,
  ],
  ["of another run", () => encrypt(plan, key, { ...origin, run: "16" }), "of run 17, got one of run 16; plan again"],
  [
    "that says it is of this run, and was of another",
    () => renamed(encrypt(plan, key, { ...origin, run: "16" })),
    changed,
  ],
  ["that is none", () => Buffer.from("PK\u0003\u0004 a plan of Terraform's\n"), foreign],
  ["of another format", () => Buffer.from('{"format":"terrace-plan-2","nonce":""}\n'), foreign],
  ["without a nonce", () => Buffer.from('{"format":"terrace-plan-1"}\n'), foreign],
  ["with a nonce and nothing more", () => Buffer.from('{"format":"terrace-plan-1","nonce":""}\n'), changed],
  ["that is empty", () => Buffer.alloc(0), foreign],
])("refuses a plan %s", (_, given, words) => {
  expect(() => decrypt(given(), key, origin)).toThrow(words);
});

/** As run 17's, as far as its first line goes. */
const renamed = (other: Buffer): Buffer => {
  const end = other.indexOf("\n");
  const header = other.subarray(0, end).toString().replace('"run":"16"', '"run":"17"');
  return Buffer.concat([Buffer.from(header), other.subarray(end)]);
};

it.each([
  ["nothing", undefined, "got nothing"],
  ["an empty one", "", "got nothing"],
  ["words", "correct horse battery staple", "got 28 characters that are none"],
  ["half a key", randomBytes(16).toString("base64"), "got 24 characters that are none"],
  ["hexadecimal", randomBytes(32).toString("hex"), "got 64 characters that are none"],
  ["base64 with something behind it", `${randomBytes(32).toString("base64")}\n`, "got 45 characters that are none"],
])("takes for a key not %s, and does not show it", (_, text, words) => {
  const refused = () => planKey(text);

  expect(refused).toThrow(`PLAN_KEY must be 32 bytes in base64, ${words}; openssl rand -base64 32 makes one`);
});

describe("the command", () => {
  const folder = mkdtempSync(join(tmpdir(), "encrypted-plan-"));
  const path = join(folder, "plan");
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (args: readonly string[], { input = "", PLAN_KEY = key.toString("base64") } = {}) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ["run.js", "tools/encrypted-plan.ts", ...args], {
      input,
      encoding: "utf8",
      env: { ...process.env, PLAN_KEY },
    });
    return { status, stdout, stderr };
  };
  const here = ["--environment", "dev", "--commit", "c0ffee", "--run", "17"];

  it("keeps a plan in a file, and gives it back by its SHA-256", () => {
    expect(run(["encrypt", path, ...here], { input: "the plan" })).toEqual({ status: 0, stdout: "", stderr: "" });
    const digest = sha256(readFileSync(path));

    expect(run(["decrypt", path, ...here, "--sha256", digest])).toEqual({ status: 0, stdout: "the plan", stderr: "" });
  });

  const refused = (given: ReturnType<typeof run>, words: string) =>
    expect(given).toEqual({ status: 1, stdout: "", stderr: expect.stringContaining(words) });

  it("says what it was not given, and what is another", () => {
    writeFileSync(path, encrypt(plan, key, { environment: "dev", commit: "c0ffee", run: "17" }));
    const digest = sha256(readFileSync(path));
    const other = "0".repeat(64);

    refused(
      run(["encrypt", join(folder, "none"), ...here], { PLAN_KEY: "" }),
      "PLAN_KEY must be 32 bytes in base64, got nothing",
    );
    expect(existsSync(join(folder, "none"))).toBe(false);
    refused(run(["decrypt", path, ...here]), "--sha256 must have a value, got none");
    refused(run(["decrypt", path, ...here.slice(2), "--sha256", digest]), "--environment must have a value, got none");
    refused(
      run(["decrypt", path, ...here, "--sha256", other]),
      `plan must be the plan that was approved, of SHA-256 ${other}, got ${digest}; plan again`,
    );
    refused(
      run(["decrypt", join(folder, "none"), ...here, "--sha256", digest]),
      "none must be an encrypted plan, got no file; plan again",
    );
    refused(
      run(["decrypt", path, ...here.slice(0, -1), "18", "--sha256", digest]),
      "the plan must be of run 18, got one of run 17; plan again",
    );
    refused(run(["decypt", path, ...here]), "encrypt|decrypt <file>");
  });
});

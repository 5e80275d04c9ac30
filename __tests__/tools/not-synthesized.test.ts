import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(__dirname, "../..");

/** Commands that read a synthesized stack, and what they are called with. */
const commands: readonly [file: string, args: readonly string[]][] = [
  ["access", []],
  ["account", ["cdktf.out"]],
  ["diagram", []],
  ["secret-versions", ["cdktf.out"]],
];

it.each(commands)("%s says what to do where nothing is synthesized, without a stack trace", (file, args) => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, "run.js"), join(root, `tools/${file}.ts`), ...args],
    {
      cwd: mkdtempSync(join(tmpdir(), "terrace ")),
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        HOME: process.env["HOME"],
        TF_VAR_secret_versions: `{"records_cursor_secret": 2}`,
      },
    },
  );

  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/^cdktf\.out.* run npm run synth\n$/),
  });
});

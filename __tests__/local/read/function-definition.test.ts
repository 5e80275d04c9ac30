import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { functionsOf } from "../../../local/read/function-definition";
import { graphOf, temporaryFolder } from "../support/stack-file";

function functionWith(changes: object) {
  const filename = join(temporaryFolder(), "code.zip");
  writeFileSync(filename, "");
  const settings = { function_name: "f", role: "role", handler: "index.handler", runtime: "nodejs24.x", filename };
  return functionsOf(graphOf({ aws_lambda_function: { f: { ...settings, ...changes } } }));
}

const variables = (all: Record<string, string>) => ({ environment: { variables: all } });

test("a program that starts the runtime is refused by the variable that names it", () => {
  expect(() => functionWith(variables({ AWS_LAMBDA_EXEC_WRAPPER: "/opt/wrapper" }))).toThrow(
    "aws_lambda_function.f: the program that AWS_LAMBDA_EXEC_WRAPPER names is not emulated here",
  );
  expect(functionWith(variables({ WRAPPER: "x" }))).toMatchObject([{ environment: { WRAPPER: "x" } }]);
});

test.each([
  ["layers", { layers: ["arn"] }],
  ["file_system_config", { file_system_config: [{ arn: "arn", local_mount_path: "/mnt/x" }] }],
  ["snap_start", { snap_start: [{ apply_on: "PublishedVersions" }] }],
])("%s is refused by name", (what, changes) => {
  expect(() => functionWith(changes)).toThrow(`aws_lambda_function.f: ${what} is not emulated here`);
});

test.each([
  ["--max-old-space-size=100", "--max-old-space-size"],
  ["--enable-source-maps --require ./x.cjs", "--require"],
  ["--constructor", "--constructor"],
])("NODE_OPTIONS %s is refused by the option", (options, option) => {
  expect(() => functionWith(variables({ NODE_OPTIONS: options }))).toThrow(
    `aws_lambda_function.f: the option ${option} in NODE_OPTIONS is not emulated here`,
  );
});

test("/tmp has the size that ephemeral_storage says, or Lambda's", () => {
  expect(functionWith({ ephemeral_storage: [{ size: 1024 }] })).toMatchObject([{ ephemeralStorageMb: 1024 }]);
  expect(functionWith({ ephemeral_storage: { size: 1024 } })).toMatchObject([{ ephemeralStorageMb: 1024 }]);
  expect(functionWith({})).toMatchObject([{ ephemeralStorageMb: 512 }]);
});

test("NODE_OPTIONS that a thread has of its own are the function's", () => {
  const options = "--enable-source-maps  --dns-result-order=ipv4first";
  expect(functionWith(variables({ NODE_OPTIONS: options }))).toMatchObject([
    { environment: { NODE_OPTIONS: options } },
  ]);
});

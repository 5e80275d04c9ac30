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

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Graph } from "../../../local/read/graph";
import { readStackFile, type StackFile } from "../../../local/read/stack-file";
import { variableOf } from "../../../local/read/variables";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is there as long as the tests of a file run. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "terrace-test-"));
  folders.push(folder);
  return folder;
}

/** A synthesized stack with these resources, read from a file as the runner reads it. */
export function stackFile(resource: object, rest: object = {}): StackFile {
  const path = join(temporaryFolder(), "cdk.tf.json");
  const provider = { aws: [{ region: "us-east-1", allowed_account_ids: ["000000000000"] }] };
  writeFileSync(path, JSON.stringify({ provider, resource, ...rest }));
  return readStackFile(path, "records-dev");
}

const secrets = { of: (name: string, length: number): string => `secret of ${name}`.padEnd(length, ".") };

/** The graph of a stack with these resources. */
export function graphOf(resource: object, rest: object = {}): Graph {
  const file = stackFile(resource, rest);
  return new Graph(file, { variable: variableOf(file, secrets), secret: (name, length) => secrets.of(name, length) });
}

import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { StorageError } from "../store/storage-error";

/**
 * Lets functions below a folder find what Lambda's Node.js runtimes bring along, the AWS SDK (Lambda developer guide, Building
 * Lambda functions with Node.js, Runtime-included SDK versions): the clients that the project has, and nothing else of its packages.
 */
export function provideSdk(folder: string, root: string): void {
  try {
    mkdirSync(join(folder, "node_modules"), { recursive: true });
    symlinkSync(join(root, "node_modules", "@aws-sdk"), join(folder, "node_modules", "@aws-sdk"));
  } catch (error) {
    throw new StorageError(folder, "written", error);
  }
}

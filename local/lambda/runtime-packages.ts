import { existsSync, mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { StorageError } from "../store/storage-error";

/**
 * Lets functions below a folder find what Lambda's Node.js runtimes bring along, the AWS SDK (Lambda developer guide, Building
 * Lambda functions with Node.js, Runtime-included SDK versions): the clients that the project has, and nothing else of its packages.
 *
 * @returns the folders of packages that they read
 */
export function provideSdk(folder: string, root: string): readonly string[] {
  const [own, projects] = [join(folder, "node_modules"), join(root, "node_modules")];
  try {
    mkdirSync(own, { recursive: true });
    symlinkSync(join(projects, "@aws-sdk"), join(own, "@aws-sdk"));
    return [own, ...(existsSync(projects) ? [realpathSync(projects)] : [])];
  } catch (error) {
    throw new StorageError(folder, "written", error);
  }
}

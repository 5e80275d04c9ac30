import { Testing } from "cdktf";
import type { SystemStack } from "../../constructs/system-stack";
import type { Environment } from "../../environments/environment";
import { DataProcessorStack } from "../../stacks/data-processor-stack";
import { ItemsStack } from "../../stacks/items-stack";
import { RecordsStack } from "../../stacks/records-stack";
import { UserDirectoryStack } from "../../stacks/user-directory-stack";
import { UserManagementStack } from "../../stacks/user-management-stack";

type Stack = new (app: ReturnType<typeof Testing.app>, environment: Environment) => SystemStack;

/** Every system's stack: what holds for all of them is tested for each that stands here. */
const stacks: Readonly<Record<string, Stack>> = {
  "data-processor": DataProcessorStack,
  items: ItemsStack,
  records: RecordsStack,
  "user-directory": UserDirectoryStack,
  "user-management": UserManagementStack,
};

/** The systems by name. */
export const systems: readonly string[] = Object.keys(stacks);

/** A system's stack in an environment, in an application of its own. */
export function stackOf(system: string, environment: Environment): SystemStack {
  const Stack = stacks[system];
  if (!Stack) throw new Error(`there is no system ${system} in support/systems.ts`);
  return new Stack(Testing.app(), environment);
}

import "./constructs/synth/early-bundles";
import { synth } from "./constructs/synth/synth";
import { environmentNamed } from "./environments/index";
import { AccountStack } from "./stacks/account-stack";
import { DataProcessorStack } from "./stacks/data-processor-stack";
import { ItemsStack } from "./stacks/items-stack";
import { RecordsStack } from "./stacks/records-stack";
import { UserDirectoryStack } from "./stacks/user-directory-stack";
import { UserManagementStack } from "./stacks/user-management-stack";

void synth(() => environmentNamed(process.env["ENVIRONMENT"] ?? "dev"), {
  account: AccountStack,
  "data-processor": DataProcessorStack,
  items: ItemsStack,
  records: RecordsStack,
  "user-directory": UserDirectoryStack,
  "user-management": UserManagementStack,
});

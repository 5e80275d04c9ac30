import "cdktf/lib/testing/adapters/jest";
import { Testing } from "cdktf";
import { dev } from "../../environments/dev";
import { AccountStack } from "../../stacks/account-stack";
import { DataProcessorStack } from "../../stacks/data-processor-stack";
import { ItemsStack } from "../../stacks/items-stack";
import { RecordsStack } from "../../stacks/records-stack";
import { UserDirectoryStack } from "../../stacks/user-directory-stack";
import { UserManagementStack } from "../../stacks/user-management-stack";

Testing.setupJest();

it.each([AccountStack, DataProcessorStack, ItemsStack, RecordsStack, UserDirectoryStack, UserManagementStack])(
  "plans %p without an account",
  (Stack) => {
    expect(Testing.fullSynth(new Stack(Testing.app(), dev))).toPlanSuccessfully();
  },
);

import "./constructs/early-bundles";
import { synth } from "./constructs/synth";
import { environmentNamed } from "./environments";
import { RecordsStack } from "./stacks/records-stack";
import { UserDirectoryStack } from "./stacks/user-directory-stack";

void synth(() => environmentNamed(process.env["ENVIRONMENT"] ?? "dev"), {
  records: RecordsStack,
  "user-directory": UserDirectoryStack,
});

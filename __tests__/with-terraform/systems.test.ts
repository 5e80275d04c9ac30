import "cdktf/lib/testing/adapters/jest";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Testing } from "cdktf";
import { dev } from "../../environments/dev";
import { AccountStack } from "../../stacks/account-stack";

Testing.setupJest();

const folder = join(__dirname, "../../stacks");

/** The class of each stack, which is its file's only export. */
const stacks = readdirSync(folder)
  .filter((file) => file.endsWith("-stack.ts"))
  .flatMap((file) => Object.values<typeof AccountStack>(jest.requireActual(join(folder, file))));

it("tries the account's stack, too", () => {
  expect(stacks).toContain(AccountStack);
});

it.each(stacks)("plans %p without an account", (Stack) => {
  expect(Testing.fullSynth(new Stack(Testing.app(), dev))).toPlanSuccessfully();
});

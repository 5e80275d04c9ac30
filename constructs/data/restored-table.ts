import type { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table";
import { TerraformStack } from "cdktf";
import type { RestoredTable } from "../../environments/environment";
import { StackContext } from "../synth/stack-context";
import type { Rule } from "../synth/validation";

/** Terraform's `import` and `removed` blocks of a stack. */
interface Adopted {
  readonly import: { readonly to: string; readonly id: string }[];
  readonly removed: { readonly from: string; readonly lifecycle: { readonly destroy: false } }[];
}

const adopted = new WeakMap<TerraformStack, Adopted>();

function adoptedBy(stack: TerraformStack): Adopted {
  const known = adopted.get(stack) ?? { import: [], removed: [] };
  adopted.set(stack, known);
  stack.addOverride("import", known.import);
  stack.addOverride("removed", known.removed);
  return known;
}

/** The address of a copy: the table's name without the stack's. */
const idOf = (stack: StackContext, table: string): string => table.slice(stack.id.length + 1).replace(/[^\w-]/g, "_");

/**
 * Has a table's resource be the copy that a restore made: at an address of its own, where Terraform imports the copy by
 * the next apply, and forgets the former one, which stays as it is. No state is edited manually.
 */
export function adopt(resource: DynamodbTable, ownName: string, { name, former = ownName }: RestoredTable): void {
  const stack = TerraformStack.of(resource);
  const context = StackContext.of(resource);
  const formerId = former === ownName ? stack.getLogicalId(resource) : idOf(context, former);
  resource.overrideLogicalId(idOf(context, name));
  const blocks = adoptedBy(stack);
  const type = resource.terraformResourceType;
  blocks.import.push({ to: `${type}.${resource.friendlyUniqueId}`, id: name });
  blocks.removed.push({ from: `${type}.${formerId}`, lifecycle: { destroy: false } });
  // Whichever table was declared first.
  blocks.import.sort((a, b) => a.to.localeCompare(b.to, "en"));
  blocks.removed.sort((a, b) => a.from.localeCompare(b.from, "en"));
}

/** The rules for what an environment says of a table. */
export function restoredTableRules(stack: StackContext, own: string, { name, former = own }: RestoredTable): Rule[] {
  const place = `restoredTables["${own}"].name`;
  return [
    [
      name.startsWith(`${stack.id}-`) && /^[\w.-]{3,255}$/.test(name),
      `${place} must be a table's name that begins with ${stack.id}-, which is as far as CI's roles reach, got ${name}; restore under such a name`,
    ],
    [name !== former && name !== own, `${place} must be another than the table's before, got ${name}; name the copy`],
  ];
}

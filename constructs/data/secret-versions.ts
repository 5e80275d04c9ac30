import { Lazy, type TerraformStack, TerraformVariable, Token } from "cdktf";

const id = "secret_versions";

/** The secrets of a stack that have a version. */
const declared = new WeakMap<TerraformVariable, string[]>();

function variableOf(stack: TerraformStack): TerraformVariable {
  const existing = stack.node.tryFindChild(id);
  if (existing instanceof TerraformVariable) return existing;
  const names: string[] = [];
  const variable = new TerraformVariable(stack, id, {
    type: Lazy.stringValue({
      produce: () =>
        `object({${names
          .sort()
          .map((name) => `${name}=optional(number,1)`)
          .join(",")}})`,
    }),
    description: "Which secrets have been replaced, and how often: raising one has its new value written",
    default: Lazy.anyValue({ produce: () => Object.fromEntries(names.map((name) => [name, 1])) }),
    nullable: false,
  });
  declared.set(variable, names);
  return variable;
}

/**
 * The version of a secret: 1, until `TF_VAR_secret_versions='{"records_cursor_secret":2}'` says otherwise. One variable for all of
 * a stack's secrets, and the same for every stack: Terraform leaves out the names that a stack does not know.
 */
export function secretVersion(stack: TerraformStack, secret: string): number {
  const variable = variableOf(stack);
  declared.get(variable)?.push(secret);
  return Token.asNumber(`\${${variable.fqn}.${secret}}`);
}

import { SettingsError } from "../../environments/settings-error";

type Json = { readonly [key: string]: unknown };

/** `${aws_dynamodb_table.records.arn}`, also inside of an expression; not `$${…}`, which is text. */
const reference = /(?<!\$)\$\{[^}]*?\b((?:data\.)?(?:aws_\w+|terraform_data)\.[A-Za-z][\w-]*)/g;

function addressesIn(value: unknown, found: Set<string>): Set<string> {
  if (typeof value === "string") for (const [, address = ""] of value.matchAll(reference)) found.add(address);
  else if (typeof value === "object" && value !== null)
    for (const each of Object.values(value)) addressesIn(each, found);
  return found;
}

const declaredIn = (blocks: unknown, prefix = ""): string[] =>
  Object.entries((blocks ?? {}) as Json).flatMap(([type, named]) =>
    Object.keys(named as Json).map((name) => `${prefix}${type}.${name}`),
  );

/**
 * Refuses a reference to what a stack does not declare: to another stack, that is. It would need a right to read all of
 * the other's state.
 *
 * @throws SettingsError naming each
 */
export function checkReferences(stack: string, { resource, data, output }: Json): void {
  const declared = new Set([...declaredIn(resource), ...declaredIn(data, "data.")]);
  const unknown = [...addressesIn([resource, data, output], new Set())].filter((address) => !declared.has(address));
  if (unknown.length === 0) return;
  throw new SettingsError(
    unknown.map(
      (address) =>
        `${stack}: stacks must not refer to each other, got a reference to ${address}; compose its name or ARN from settings`,
    ),
  );
}

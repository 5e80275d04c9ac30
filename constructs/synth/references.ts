import { SettingsError } from "../../environments/settings-error";
import type { JsonObject } from "../../lib/json";
import { referencesIn } from "../../stack-json/references";

const declaredIn = (blocks: unknown, prefix = ""): string[] =>
  Object.entries((blocks ?? {}) as JsonObject).flatMap(([type, named]) =>
    Object.keys(named as JsonObject).map((name) => `${prefix}${type}.${name}`),
  );

/**
 * Refuses a reference to what a stack does not declare: to another stack, that is. It would need a right to read all of
 * the other's state.
 *
 * @throws SettingsError naming each
 */
export function checkReferences(stack: string, { resource, data, output }: JsonObject): void {
  const declared = new Set([...declaredIn(resource), ...declaredIn(data, "data.")]);
  const referred = new Set(referencesIn([resource, data, output]).map(({ address }) => address));
  const unknown = [...referred].filter((address) => !declared.has(address));
  if (unknown.length === 0) return;
  throw new SettingsError(
    unknown.map(
      (address) =>
        `${stack}: stacks must not refer to each other, got a reference to ${address}; compose its name or ARN from settings`,
    ),
  );
}

import type { Resource } from "./graph";
import { notEmulated } from "./not-emulated";

/** @throws UserError when an argument is set that would change what is played */
export function refuse(resource: Resource, ...names: readonly string[]): void {
  const unread = names.find((name) => resource.has(name) && resource.attributes[name] !== false);
  if (unread) throw notEmulated(resource.address, `${unread} is not emulated here`);
}

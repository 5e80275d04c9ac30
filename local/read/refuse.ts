import type { Resource } from "./graph";

/**
 * What to say of something that would make what runs here act differently from AWS.
 *
 * @param what the argument, and what it would do
 */
export const notEmulated = (address: string, what: string): Error =>
  new Error(
    `${address}: ${what}; leave it out of the environment that runs here (environments/dev.ts), or try this stack on AWS`,
  );

/** @throws Error when an argument is set that would change what is played */
export function refuse(resource: Resource, ...names: readonly string[]): void {
  const unread = names.find((name) => resource.has(name) && resource.attributes[name] !== false);
  if (unread) throw notEmulated(resource.address, `${unread} is not emulated here`);
}

import { notEmulated } from "./service";

/**
 * How a member of an operation's input is treated: it is honoured; nothing here depends on it, for a reason; or it is
 * refused by its name. `each` is about the members of the elements of a list or map.
 */
export type Member =
  | "honoured"
  | "refused"
  | { readonly harmless: string }
  | { readonly each: Members }
  | { readonly members: Members };

export type Members = Readonly<Record<string, Member>>;

/** The members with these names, separated by spaces, with which the same is done. */
export const membersNamed = (names: string, member: Member): Members =>
  Object.fromEntries(names.split(/\s+/).map((name) => [name, member]));

type Input = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Input => typeof value === "object" && value !== null;

/**
 * Refuses what an input has that would do something on AWS and nothing here: what a table refuses, or does not know.
 *
 * @throws ServiceError that names the operation and the member
 */
export function checkMembers(service: string, operation: string, input: Input, members: Members): void {
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined || value === null) continue;
    const member = Object.hasOwn(members, name) ? members[name] : "refused";
    if (member === undefined || member === "refused") throw notEmulated(service, `${name} of ${operation}`);
    if (member === "honoured" || "harmless" in member || !isObject(value)) continue;
    const place = `${operation}'s ${name}`;
    if ("members" in member) checkMembers(service, place, value, member.members);
    else
      for (const element of Object.values(value))
        if (isObject(element)) checkMembers(service, place, element, member.each);
  }
}

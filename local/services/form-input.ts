import { isObject } from "../../lib/json";
import type { Input } from "./json-protocol";
import type { Members } from "./members";
import { ServiceError } from "./service";

interface Branch {
  readonly children: Map<string, Branch>;
  value?: string;
}

const newBranch = (): Branch => ({ children: new Map() });

/** Deeper than any operation's input. */
const DEEPEST = 12;

function branchAt(root: Branch, names: readonly string[]): Branch {
  return names.reduce((branch, name) => {
    const known = branch.children.get(name) ?? newBranch();
    branch.children.set(name, known);
    return known;
  }, root);
}

/** The children of a branch, in the order of their numbers. */
const numbered = (branch: Branch): readonly Branch[] =>
  [...branch.children].sort(([one], [other]) => Number(one) - Number(other)).map(([, child]) => child);

function contentOf(branch: Branch): unknown {
  const { children, value } = branch;
  if (children.size === 0) return value;
  const [list, map] = [children.get("member"), children.get("entry")];
  if (list && children.size === 1) return numbered(list).map(contentOf);
  if (map && children.size === 1)
    return Object.fromEntries(
      numbered(map).map((entry) => {
        const [name, content] = ["Name", "Value"].map((part) => entry.children.get(part));
        return [name?.value ?? "", content ? contentOf(content) : undefined];
      }),
    );
  return Object.fromEntries([...children].map(([name, child]) => [name, contentOf(child)]));
}

/** A list or map without elements is sent as an empty text. (Smithy, "AWS Query protocol", query key resolution) */
const withoutEmptyLists = (input: Input, members: Members): Input =>
  Object.fromEntries(
    Object.entries(input).flatMap(([name, value]): readonly (readonly [string, unknown])[] => {
      const member = Object.hasOwn(members, name) ? members[name] : undefined;
      if (typeof member !== "object" || !("each" in member)) return [[name, value]];
      if (value === "") return [];
      return [[name, Array.isArray(value) ? value.map((one) => inside(one, member.each)) : value]];
    }),
  );

const inside = (value: unknown, members: Members): unknown =>
  isObject(value) ? withoutEmptyLists(value, members) : value;

/**
 * The input that a form of the protocol `query` says, as JSON would: `Names.member.1` is of a list,
 * `Attributes.entry.1.Name` and `.Value` of a map. `Action` and `Version` are none of it.
 *
 * @param members of the operation: `Names=` is an empty list where they say that it is one
 */
export function formInput(form: URLSearchParams, members: Members): Input {
  const root = newBranch();
  for (const [key, value] of form) {
    const names = key.split(".");
    if (names.length > DEEPEST) throw new ServiceError("MalformedInput", "The request is nested too deeply.");
    if (key !== "Action" && key !== "Version") branchAt(root, names).value = value;
  }
  return withoutEmptyLists(
    Object.fromEntries([...root.children].map(([name, child]) => [name, contentOf(child)])),
    members,
  );
}

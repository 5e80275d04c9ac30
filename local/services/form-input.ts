import type { Input } from "./json-protocol";
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

/**
 * The input that a form of the protocol `query` says, as JSON would: `Names.member.1` is of a list,
 * `Attributes.entry.1.Name` and `.Value` of a map. `Action` and `Version` are none of it.
 */
export function formInput(form: URLSearchParams): Input {
  const root = newBranch();
  for (const [key, value] of form) {
    const names = key.split(".");
    if (names.length > DEEPEST) throw new ServiceError("MalformedInput", "The request is nested too deeply.");
    if (key !== "Action" && key !== "Version") branchAt(root, names).value = value;
  }
  return Object.fromEntries([...root.children].map(([name, child]) => [name, contentOf(child)]));
}

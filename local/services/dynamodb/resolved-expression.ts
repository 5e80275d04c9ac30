import { type AttributeValue, typeOf } from "./attribute-value";
import type { Change, Node, Path } from "./expression-grammar";

/** An expression whose names and values stand for themselves. */
export type Resolved =
  | { readonly op: "path"; readonly path: Path }
  | { readonly op: "value"; readonly value: AttributeValue }
  | { readonly op: "call"; readonly name: string; readonly args: readonly Resolved[] }
  | { readonly op: Exclude<Node["op"], "path" | "value" | "call">; readonly args: readonly Resolved[] };

export interface ResolvedChange {
  readonly clause: Change["clause"];
  readonly path: Path;
  readonly value?: Resolved;
}

/** A path as messages write it: `[a, [0], b]`. */
export const pathText = (path: Path): string =>
  `[${path.map((part) => (typeof part === "number" ? `[${part}]` : part)).join(", ")}]`;

/** Whether one path is in the other, or they take one value for a list and for a map. */
export function relation(one: Path, other: Path): "overlap" | "conflict" | undefined {
  for (const [at, part] of one.entries()) {
    if (at >= other.length) return "overlap";
    const counterpart = other[at];
    if (typeof part !== typeof counterpart) return "conflict";
    if (part !== counterpart) return undefined;
  }
  return "overlap";
}

/** The paths that a condition is about. */
export function pathsIn(node: Resolved): readonly Path[] {
  if (node.op === "path") return [node.path];
  return node.op === "value" ? [] : node.args.flatMap(pathsIn);
}

/** The type of an operand as far as it is known before there is an item. */
export function typeOfOperand(operand: Resolved): string | undefined {
  if (operand.op === "value") return typeOf(operand.value);
  if (operand.op !== "call") return operand.op === "+" || operand.op === "-" ? "N" : undefined;
  if (operand.name === "size") return "N";
  if (operand.name === "list_append") return "L";
  return operand.name === "if_not_exists" ? undefined : "BOOL";
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, transformSync } from "@swc/core";

/** A node of a syntax tree, as far as anything is read of it here. */
interface SyntaxNode {
  readonly type: string;
  readonly span: { readonly start: number; readonly end: number };
  readonly [member: string]: unknown;
}

interface Line {
  readonly text: string;
  readonly declares: ReadonlySet<string>;
  readonly uses: ReadonlySet<string>;
}

/** Chooses one of so many that may come next. */
export type Choice = (count: number) => number;

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === "object" && value !== null && typeof (value as SyntaxNode).type === "string";

/** A node, and all that is in it, except for names that stand for no value: keys, and members of values. */
function nodesIn(value: unknown, parent?: SyntaxNode, member?: string): SyntaxNode[] {
  if (Array.isArray(value)) return value.flatMap((each) => nodesIn(each, parent, member));
  if (typeof value !== "object" || value === null) return [];
  const isName = isNode(value) && value.type === "Identifier";
  if (isName && parent?.type === "MemberExpression" && member === "property") return [];
  if (isName && member === "key") return [];
  const node = isNode(value) ? value : undefined;
  const inside = Object.entries(value).flatMap(([name, each]) => nodesIn(each, node ?? parent, name));
  return node ? [node, ...inside] : inside;
}

/** `this.users` → `this.users` */
function ownMember(node: SyntaxNode): string | undefined {
  const object = node["object"] as SyntaxNode | undefined;
  if (node.type !== "MemberExpression" || object?.type !== "ThisExpression") return undefined;
  return `this.${(node["property"] as unknown as { value: string }).value}`;
}

/** The values that a statement goes by, including those in its class's own methods. */
function usedBy(value: unknown, methods: ReadonlyMap<string, SyntaxNode>, seen = new Set<string>()): Set<string> {
  const used = new Set<string>();
  for (const node of nodesIn(value)) {
    const name = node.type === "Identifier" ? String(node["value"]) : ownMember(node);
    if (name === undefined) continue;
    used.add(name);
    const method = methods.get(name);
    if (!method || seen.has(name)) continue;
    for (const inner of usedBy(method, methods, seen.add(name))) used.add(inner);
  }
  return used;
}

/** The values that there are by a statement: variables, and members of the construct itself. */
function declaredBy(statement: SyntaxNode): Set<string> {
  const declarations = nodesIn(statement).filter(({ type }) => type === "VariableDeclarator");
  const variables = declarations.flatMap(({ id }) =>
    nodesIn(id).filter(({ type }) => /^(Identifier|AssignmentPatternProperty)$/.test(type)),
  );
  const names = variables.map((node) => String(node["value"] ?? (node["key"] as { value: string }).value));
  const assigned = nodesIn(statement)
    .filter(({ type }) => type === "AssignmentExpression")
    .flatMap(({ left }) => (isNode(left) ? (ownMember(left) ?? []) : []));
  return new Set([...names, ...assigned]);
}

/** The lines in another order, in which each comes after those whose values it goes by. */
function shuffle(lines: readonly Line[], choose: Choice): Line[] {
  const order: Line[] = [];
  const waiting = [...lines];
  while (waiting.length > 0) {
    const open = new Set(waiting.flatMap(({ declares }) => [...declares]));
    const ready = waiting.filter(({ uses, declares }) =>
      [...uses].every((name) => declares.has(name) || !open.has(name)),
    );
    const next = ready[choose(ready.length)];
    if (!next) throw new Error(`none of ${waiting.length} lines can come next`);
    order.push(next);
    waiting.splice(waiting.indexOf(next), 1);
  }
  return order;
}

/** A module's text, with the lines of its class's constructor in another order. */
export function shuffledText(text: string, choose: Choice): string {
  const module = parseSync(text, { syntax: "typescript" }) as unknown as SyntaxNode & { body: SyntaxNode[] };
  const bytes = Buffer.from(text);
  const slice = ({ span: { start, end } }: SyntaxNode) =>
    bytes.subarray(start - module.span.start, end - module.span.start).toString();
  const members = nodesIn(module.body).filter(({ type }) => /^(Constructor|ClassMethod)$/.test(type));
  const methods = new Map(
    members
      .filter(({ type }) => type === "ClassMethod")
      .map((node) => [`this.${(node["key"] as { value: string }).value}`, node]),
  );
  const [body] = members.flatMap((node) =>
    node.type === "Constructor" ? [node["body"] as { stmts: SyntaxNode[] }] : [],
  );
  const statements = body?.stmts ?? [];
  const first = statements.findIndex((statement) => nodesIn(statement).some(({ type }) => type === "Super")) + 1;
  const lines = statements.slice(first).map((statement) => ({
    text: slice(statement),
    declares: declaredBy(statement),
    uses: usedBy(statement, methods),
  }));
  const [from, to] = [statements[first], statements.at(-1)] as [SyntaxNode, SyntaxNode];
  const [before, after] = [
    bytes.subarray(0, from.span.start - module.span.start),
    bytes.subarray(to.span.end - module.span.start),
  ];
  return [before, ...shuffle(lines, choose).map((line) => line.text), after].join("\n");
}

/**
 * The exports of a module of `stacks/`, with the lines of its constructor, and of those that it imports, in another
 * order.
 */
export function shuffledModule(name: string, choose: Choice): Record<string, unknown> {
  const folder = join(__dirname, "../../stacks");
  const text = shuffledText(readFileSync(join(folder, `${name}.ts`), "utf8"), choose);
  const { code } = transformSync(text, {
    jsc: { target: "es2022", parser: { syntax: "typescript" } },
    module: { type: "commonjs" },
  });
  const exports = {};
  const load = (id: string): unknown => {
    if (id.startsWith("./")) return shuffledModule(id.slice(2), choose);
    return require(id.startsWith(".") ? join(folder, id) : id);
  };
  new Function("exports", "require", code)(exports, load);
  return exports;
}

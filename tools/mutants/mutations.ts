import { parseSync } from "@swc/core";

/** A small change of a source, that a test should notice. */
export interface Mutation {
  readonly line: number;
  readonly before: string;
  readonly after: string;
  /** The whole source, changed. */
  readonly text: string;
}

interface SyntaxNode {
  readonly type: string;
  readonly span: { readonly start: number; readonly end: number };
  readonly [member: string]: unknown;
}

/** A place, in bytes, and what stands there instead. */
type Edit = readonly [start: number, end: number, after: string];

const operators: Readonly<Record<string, string>> = {
  "===": "!==",
  "!==": "===",
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "&&": "||",
  "||": "&&",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
};

const methods: Readonly<Record<string, string>> = {
  some: "every",
  every: "some",
  min: "max",
  max: "min",
  startsWith: "endsWith",
  endsWith: "startsWith",
};

/** Methods without which a value is of the same type. */
const passing = new Set(["filter", "reverse", "slice", "sort", "toLowerCase", "toUpperCase", "trim", "trimEnd"]);

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === "object" && value !== null && "type" in value && "span" in value;

function nodesIn(value: unknown): SyntaxNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  if (typeof value !== "object" || value === null) return [];
  // Types are checked by the compiler.
  if ("type" in value && /^Ts(Type|Interface|.*Type$)/.test(String(value.type))) return [];
  return [...(isNode(value) ? [value] : []), ...Object.values(value).flatMap(nodesIn)];
}

const child = (node: SyntaxNode, name: string): SyntaxNode | undefined => {
  const value = node[name];
  return isNode(value) ? value : undefined;
};

/** The name of the method that a call is of, and the object. */
function methodOf(node: SyntaxNode) {
  const callee = child(node, "callee");
  const [object, property] =
    callee?.type === "MemberExpression" ? [child(callee, "object"), child(callee, "property")] : [];
  return object && property?.type === "Identifier" ? { object, property, name: String(property["value"]) } : undefined;
}

/** Finds the mutations of a module. Spans are of bytes. */
class Mutator {
  private readonly bytes: Buffer;
  /** Start of the module, in spans. */
  private readonly first: number;
  private readonly nodes: readonly SyntaxNode[];

  constructor(text: string) {
    // A module's span begins at its first token, after comments: here at this one.
    const [marker, ...nodes] = parseSync(`0;${text}`, { syntax: "typescript" }).body;
    this.bytes = Buffer.from(text);
    this.first = (marker?.span.start ?? 0) + 2;
    this.nodes = nodesIn(nodes);
  }

  mutations(): Mutation[] {
    return this.nodes.flatMap((node) => this.editsOf(node)).map((edit) => this.applied(edit));
  }

  private source({ span: { start, end } }: SyntaxNode): string {
    return this.between(start, end);
  }

  private between(start: number, end: number): string {
    return this.bytes.subarray(start - this.first, end - this.first).toString();
  }

  private editsOf(node: SyntaxNode): readonly Edit[] {
    const { start, end } = node.span;
    switch (node.type) {
      case "BinaryExpression":
        return this.operator(node);
      case "IfStatement":
      case "ConditionalExpression":
        return this.negated(child(node, "test"));
      case "BooleanLiteral":
        return [[start, end, String(node["value"] !== true)]];
      case "NumericLiteral":
        return [[start, end, String(Number(node["value"]) + 1)]];
      case "UnaryExpression":
        return node["operator"] === "!" ? [[start, start + 1, ""]] : [];
      case "ExpressionStatement":
        return this.source(node).startsWith('"') ? [] : [[start, end, ";"]];
      case "ThrowStatement":
        return [[start, end, ";"]];
      case "CallExpression":
        return this.call(node);
      case "KeyValueProperty":
        return this.property(node);
      default:
        return [];
    }
  }

  /** The other way round, where no operator of the test is changed for that already. */
  private negated(test: SyntaxNode | undefined): readonly Edit[] {
    if (!test || this.editsOf(test).length > 0) return [];
    return [[test.span.start, test.span.end, `!(${this.source(test)})`]];
  }

  private operator(node: SyntaxNode): readonly Edit[] {
    const [left, right, operator] = [child(node, "left"), child(node, "right"), String(node["operator"])];
    const after = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
    if (!left || !right) return [];
    // The default alone, whatever is given.
    if (operator === "??") return [[left.span.start, right.span.start, ""]];
    if (after === undefined) return [];
    const start = left.span.end + this.between(left.span.end, right.span.start).indexOf(operator);
    return [[start, start + operator.length, after]];
  }

  /** Without the property, where that is optional: the compiler refuses all others. */
  private property(node: SyntaxNode): readonly Edit[] {
    const [key, value] = [child(node, "key"), child(node, "value")];
    return key && value ? [[key.span.start, value.span.end, "...{}"]] : [];
  }

  private call(node: SyntaxNode): readonly Edit[] {
    const method = methodOf(node);
    if (!method) return [];
    const { object, property, name } = method;
    if (passing.has(name)) return [[object.span.end, node.span.end, ""]];
    if (name === "hasOwn") return this.inherited(node);
    const other = Object.hasOwn(methods, name) ? methods[name] : undefined;
    return other === undefined ? [] : [[property.span.start, property.span.end, other]];
  }

  /** `Object.hasOwn(table, name)` → `(name in table)` */
  private inherited(node: SyntaxNode): readonly Edit[] {
    const given = (node["arguments"] as readonly { readonly expression: SyntaxNode }[]).map(
      ({ expression }) => expression,
    );
    const [table, name] = given.map((argument) => this.source(argument));
    return table && name ? [[node.span.start, node.span.end, `(${name} in ${table})`]] : [];
  }

  private applied([start, end, after]: Edit): Mutation {
    const text = [
      this.bytes.subarray(0, start - this.first),
      Buffer.from(after),
      this.bytes.subarray(end - this.first),
    ];
    const line = this.between(this.first, start).split("\n").length;
    return { line, before: this.between(start, end), after, text: Buffer.concat(text).toString() };
  }
}

/** The mutations of a TypeScript source. */
export const mutationsOf = (text: string): Mutation[] => new Mutator(text).mutations();

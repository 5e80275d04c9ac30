import { type AttributeValue, attribute, typeOf, valueTypes } from "./attribute-value";
import { compare } from "./comparison";
import { invalid } from "./errors";
import type { Change, Node, Path } from "./expression-grammar";
import { ExpressionProblems } from "./expression-problems";
import { isReserved } from "./reserved-words";
import { pathText, type Resolved, type ResolvedChange, relation, typeOfOperand } from "./resolved-expression";
import type { Substitutions } from "./substitutions";

/** Operands of IN, at most. (Developer guide: "Quotas", Expression parameters) */
const MOST_OPTIONS = 100;

const conditionFunctions: Readonly<Record<string, number>> = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
};
const updateFunctions: Readonly<Record<string, number>> = { if_not_exists: 2, list_append: 2 };

const typeWords: Readonly<Record<string, string>> = {
  S: "STRING",
  N: "NUMBER",
  B: "BINARY",
  BOOL: "BOOLEAN",
  NULL: "NULL",
  SS: "STRING_SET",
  NS: "NUMBER_SET",
  BS: "BINARY_SET",
  L: "LIST",
  M: "MAP",
};

/** Resolves names and values of one expression, and finds what is wrong with it. */
export class Checks {
  private readonly problems = new ExpressionProblems();

  constructor(
    private readonly substitutions: Substitutions,
    private readonly isUpdate = false,
  ) {}

  /** A condition with all that it names. */
  condition(node: Node): Resolved {
    const resolved = this.truth(node);
    this.problems.throwGravest();
    return resolved;
  }

  /** An update's changes with all that they name. */
  update(changes: readonly Change[]): readonly ResolvedChange[] {
    const resolved = changes.map(({ clause, path, value }) => {
      const operand = value && this.operand(value);
      if (operand && (clause === "ADD" || clause === "DELETE")) this.checkMember(clause, operand);
      return { clause, path: this.path(path), ...(operand ? { value: operand } : {}) };
    });
    this.checkDistinctPaths(resolved.map(({ path }) => path));
    this.problems.throwGravest();
    return resolved;
  }

  /** A projection's paths with all that they name. */
  projection(paths: readonly Path[]): readonly Path[] {
    const resolved = paths.map((path) => this.path(path));
    this.checkDistinctPaths(resolved);
    this.problems.throwGravest();
    return resolved;
  }

  private truth(node: Node): Resolved {
    if (node.op === "and" || node.op === "or" || node.op === "not") {
      this.problems.countOperator();
      return { op: node.op, args: node.args.map((arg) => this.truth(arg)) };
    }
    if (node.op === "call") {
      if (node.name === "size")
        this.problems.add("misuse", "The function is not allowed to be used this way in an expression; function: size");
      return this.call(node.name, node.args);
    }
    if (node.op === "path" || node.op === "value") return this.operand(node);
    this.problems.countOperator();
    const args = node.args.map((arg) => this.operand(arg));
    this.checkComparison(node.op, args);
    return { op: node.op, args };
  }

  private operand(node: Node): Resolved {
    switch (node.op) {
      case "path":
        return { op: "path", path: this.path(node.path) };
      case "value":
        return { op: "value", value: this.value(node.name) };
      case "call":
        if (!this.isUpdate && node.name !== "size" && Object.hasOwn(conditionFunctions, node.name))
          this.problems.add(
            "misuse",
            `The function is not allowed to be used this way in an expression; function: ${node.name}`,
          );
        return this.call(node.name, node.args);
      case "+":
      case "-": {
        this.problems.countOperator();
        const args = node.args.map((arg) => this.operand(arg));
        this.checkTypes(node.op, args, ["N"]);
        return { op: node.op, args };
      }
      default:
        return this.truth(node);
    }
  }

  private path(path: Path): Path {
    return path.map((part) => {
      if (typeof part === "number") return part;
      if (!part.startsWith("#")) {
        if (isReserved(part))
          this.problems.add("reserved", `Attribute name is a reserved keyword; reserved keyword: ${part}`);
        return part;
      }
      this.substitutions.unusedNames.delete(part);
      const { names } = this.substitutions;
      const name = Object.hasOwn(names, part) ? names[part] : undefined;
      if (name === undefined)
        this.problems.add(
          "name",
          `An expression attribute name used in the document path is not defined; attribute name: ${part}`,
        );
      return name ?? part;
    });
  }

  private value(name: string): AttributeValue {
    this.substitutions.unusedValues.delete(name);
    const value = attribute(this.substitutions.values, name);
    if (!value)
      this.problems.add(
        "value",
        `An expression attribute value used in expression is not defined; attribute value: ${name}`,
      );
    return value ?? { NULL: true };
  }

  private call(name: string, nodes: readonly Node[]): Resolved {
    this.problems.countOperator();
    const args = nodes.map((arg) => this.operand(arg));
    const [own, other, place] = this.isUpdate
      ? [updateFunctions, conditionFunctions, "an update"]
      : [conditionFunctions, updateFunctions, "a condition"];
    if (Object.hasOwn(own, name)) this.checkCall(name, args, own[name] ?? 0);
    else if (Object.hasOwn(other, name))
      this.problems.add("function", `The function is not allowed in ${place} expression; function: ${name}`);
    else this.problems.add("function", `Invalid function name; function: ${name}`);
    return { op: "call", name, args };
  }

  private checkCall(name: string, args: readonly Resolved[], count: number): void {
    if (args.length !== count) {
      this.problems.add(
        "operands",
        `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${args.length}`,
      );
      return;
    }
    this.checkDistinct(name, args);
    const [first, second] = args;
    if (["attribute_exists", "attribute_not_exists", "if_not_exists"].includes(name) && first?.op !== "path")
      this.problems.add("type", `Operator or function requires a document path; operator or function: ${name}`);
    if (name === "begins_with") this.checkTypes(name, args, ["S", "B"]);
    if (name === "list_append") this.checkTypes(name, args, ["L"]);
    if (name === "size") this.checkTypes(name, args, ["S", "B", "SS", "NS", "BS", "L", "M"]);
    if (name === "attribute_type") this.checkTypeName(second);
  }

  private checkTypeName(operand: Resolved | undefined): void {
    const type = operand && typeOfOperand(operand);
    if (operand?.op !== "value" || operand.value.S === undefined) {
      this.problems.add(
        "type",
        `Incorrect operand type for operator or function; operator or function: attribute_type, operand type: ${type ?? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"}`,
      );
      return;
    }
    const { S: name } = operand.value;
    if (!valueTypes.some((known) => known === name))
      this.problems.add(
        "type",
        `Invalid attribute type name found; type: ${name}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
      );
  }

  private checkComparison(op: string, args: readonly Resolved[]): void {
    if (op === "in") {
      if (args.length - 1 > MOST_OPTIONS)
        throw invalid(`The IN operator is provided with too many operands; number of operands: ${args.length - 1}`);
      return;
    }
    const word = op === "between" ? "BETWEEN" : op;
    this.checkDistinct(word, args);
    if (op === "=" || op === "<>") return;
    this.checkTypes(word, args, ["S", "N", "B"]);
    const [, low, high] = args;
    if (op === "between" && low?.op === "value" && high?.op === "value") this.checkBounds(low.value, high.value);
  }

  private checkBounds(low: AttributeValue, high: AttributeValue): void {
    const bounds = `lower bound operand: AttributeValue: ${boundText(low)}, upper bound operand: AttributeValue: ${boundText(high)}`;
    if (typeOf(low) !== typeOf(high))
      this.problems.add("type", `The BETWEEN operator requires same data type for lower and upper bounds; ${bounds}`);
    else if ((compare(low, high) ?? 0) > 0)
      this.problems.add(
        "type",
        `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${bounds}`,
      );
  }

  private checkTypes(word: string, args: readonly Resolved[], allowed: readonly string[]): void {
    const wrong = args.map(typeOfOperand).find((type) => type !== undefined && !allowed.includes(type));
    if (wrong)
      this.problems.add(
        "type",
        `Incorrect operand type for operator or function; operator or function: ${word}, operand type: ${wrong}`,
      );
  }

  private checkMember(clause: "ADD" | "DELETE", operand: Resolved): void {
    const type = typeOfOperand(operand) ?? "";
    const allowed = clause === "ADD" ? ["N", "SS", "NS", "BS"] : ["SS", "NS", "BS"];
    if (!allowed.includes(type))
      this.problems.add(
        "operands",
        `Incorrect operand type for operator or function; operator: ${clause}, operand type: ${typeWords[type]}, typeSet: ALLOWED_FOR_${clause}_OPERAND`,
      );
  }

  private checkDistinct(word: string, [first, ...rest]: readonly Resolved[]): void {
    if (first?.op !== "path") return;
    const text = pathText(first.path);
    if (rest.some((operand) => operand.op === "path" && pathText(operand.path) === text))
      this.problems.add(
        "distinct",
        `The first operand must be distinct from the remaining operands for this operator or function; operator: ${word}, first operand: ${text}`,
      );
  }

  private checkDistinctPaths(paths: readonly Path[]): void {
    for (const [at, one] of paths.entries()) {
      for (const other of paths.slice(at + 1)) {
        const kind = relation(one, other);
        if (!kind) continue;
        const words = kind === "overlap" ? "overlap" : "conflict";
        this.problems.add(
          kind,
          `Two document paths ${words} with each other; must remove or rewrite one of these paths; path one: ${pathText(one)}, path two: ${pathText(other)}`,
        );
      }
    }
  }
}

const boundText = (value: AttributeValue): string => {
  const type = typeOf(value);
  return `{${type}:${value[type]}}`;
};

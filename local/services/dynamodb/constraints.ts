import { isObject } from "../../../lib/json";
import { notEmulated } from "../service";
import { invalid } from "./errors";
import { listOf, objectOf, ofType } from "./item-validation";

/**
 * Constraints on a member of a request. Values of items are checked where they are used; a member that would be
 * accepted without effect here is `notEmulated`: refused by its name.
 */
export interface Shape {
  readonly type: "text" | "integer" | "boolean" | "list" | "map" | "structure" | "value" | "notEmulated";
  readonly required?: boolean;
  readonly options?: readonly string[];
  /** Of the whole text, from `^` to `$`, which AWS leaves out of its messages. */
  readonly pattern?: RegExp;
  /** Of a number; else of its length. */
  readonly min?: number;
  readonly max?: number;
  /** Each element of a list, each value of a map. */
  readonly of?: Shape;
  readonly members?: Shapes;
  /** The Java name of a structure. */
  readonly java?: string;
  /** The lengths of a map's keys, and of its values. */
  readonly keys?: { readonly min: number; readonly max: number; readonly pattern: RegExp };
  readonly values?: { readonly min: number; readonly max: number };
  /** Whether AWS names the member as the request does and leaves out its value. */
  readonly terse?: boolean;
}

export type Shapes = Readonly<Record<string, Shape>>;

type Input = Readonly<Record<string, unknown>>;

/** Problems in one message, at most. */
const MOST_PROBLEMS = 10;

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** A value as Java prints it. */
function printed(value: unknown, shape: Shape | undefined): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return `[${value.map((element) => printed(element, shape?.of)).join(", ")}]`;
  if (typeof value !== "object") return String(value);
  const name = shape?.java;
  const members = Object.entries(value).map(([key, member]) => {
    const of = shape?.members?.[key] ?? shape?.of;
    return `${name === undefined ? key : lowerFirst(key)}=${printed(member, of)}`;
  });
  return name === undefined ? `{${members.join(", ")}}` : `${name}(${members.join(", ")})`;
}

/** Place in a request: a member of a structure, or an element of a list or map, whose key AWS does not rewrite. */
interface Place {
  readonly within: Place | undefined;
  readonly name: string;
  readonly isElement: boolean;
}

/** A place as AWS names it: `tableName`, or, as the request has it, `TableName`. Only problems have it in words. */
function wordsOf({ within, name, isElement }: Place, isLower: boolean): string {
  const own = isElement ? `${name}.member` : isLower ? lowerFirst(name) : name;
  return within ? `${wordsOf(within, isLower)}.${own}` : own;
}

class Check {
  readonly problems: string[] = [];
  hasNulls = false;

  members(value: Readonly<Record<string, unknown>>, shapes: Shapes, place?: Place): void {
    for (const name in shapes) {
      const shape = shapes[name];
      const member = value[name];
      // Of all that an operation may be given, requests have little.
      if (shape && (shape.required || member !== undefined))
        this.value(member, shape, { within: place, name, isElement: false });
    }
  }

  private value(value: unknown, shape: Shape, place: Place): void {
    if (value === undefined || value === null) {
      if (value === null) this.hasNulls = true;
      if (shape.required || place.isElement) this.problem(value, shape, place, "Member must not be null");
      return;
    }
    if (shape.type === "text") this.text(ofType(value, "string", "String"), shape, place);
    else if (shape.type === "integer") this.integer(ofType(value, "number", "Integer"), shape, place);
    else if (shape.type === "boolean") ofType(value, "boolean", "Boolean");
    else if (shape.type === "list") this.list(listOf(value), shape, place);
    else if (shape.type === "map") this.map(objectOf(value), shape, place);
    else if (shape.type === "structure") this.members(objectOf(value), shape.members ?? {}, place);
    else if (shape.type === "notEmulated") throw notEmulated("DynamoDB", wordsOf(place, false));
  }

  private text(value: string, shape: Shape, place: Place): void {
    if (shape.options && !shape.options.includes(value))
      this.problem(value, shape, place, `Member must satisfy enum value set: [${shape.options.join(", ")}]`);
    if (shape.pattern && !shape.pattern.test(value) && value !== "")
      this.problem(
        value,
        shape,
        place,
        `Member must satisfy regular expression pattern: ${printedPattern(shape.pattern)}`,
      );
    this.length(value.length, value, shape, place);
  }

  private integer(value: number, shape: Shape, place: Place): void {
    if (shape.min !== undefined && value < shape.min)
      this.problem(value, shape, place, `Member must have value greater than or equal to ${shape.min}`);
    if (shape.max !== undefined && value > shape.max)
      this.problem(value, shape, place, `Member must have value less than or equal to ${shape.max}`);
  }

  private length(length: number, value: unknown, shape: Shape, place: Place): void {
    if (shape.min !== undefined && length < shape.min)
      this.problem(value, shape, place, `Member must have length greater than or equal to ${shape.min}`);
    if (shape.max !== undefined && length > shape.max)
      this.problem(value, shape, place, `Member must have length less than or equal to ${shape.max}`);
  }

  private list(value: readonly unknown[], shape: Shape, place: Place): void {
    this.length(value.length, value, shape, place);
    const { of } = shape;
    if (!of) return;
    for (const [at, member] of value.entries())
      this.value(member, of, { within: place, name: String(at + 1), isElement: true });
  }

  private map(value: Readonly<Record<string, unknown>>, shape: Shape, place: Place): void {
    const names = Object.keys(value);
    this.length(names.length, value, shape, place);
    const { keys, values, of } = shape;
    if (keys && names.some((name) => !fitsKey(name, keys)))
      this.problem(
        value,
        shape,
        place,
        `Map keys must satisfy constraint: [Member must have length less than or equal to ${keys.max}, Member must have length greater than or equal to ${keys.min}, Member must satisfy regular expression pattern: ${printedPattern(keys.pattern)}]`,
      );
    if (values && names.some((name) => Array.isArray(value[name]) && !fitsLength(value[name].length, values)))
      this.problem(
        value,
        shape,
        place,
        `Map value must satisfy constraint: [Member must have length less than or equal to ${values.max}, Member must have length greater than or equal to ${values.min}]`,
      );
    if (of) for (const name of names) this.value(value[name], of, { within: place, name, isElement: true });
  }

  private problem(value: unknown, shape: Shape, place: Place, words: string): void {
    const printedValue = value === undefined || value === null ? "null" : `'${printed(value, shape)}'`;
    const subject = shape.terse
      ? `Value at '${wordsOf(place, false)}'`
      : `Value ${printedValue} at '${wordsOf(place, true)}'`;
    this.problems.push(`${subject} failed to satisfy constraint: ${words}`);
  }
}

/** A pattern as AWS prints it. */
const printedPattern = ({ source }: RegExp): string => source.slice(1, -1);

const fitsLength = (length: number, { min, max }: { min: number; max: number }): boolean =>
  length >= min && length <= max;

const fitsKey = (name: string, keys: NonNullable<Shape["keys"]>): boolean =>
  fitsLength(name.length, keys) && keys.pattern.test(name);

/** A value whose structures have no members that are null. */
function withoutNulls(value: unknown, shape: Shape): unknown {
  if (Array.isArray(value)) {
    const { of } = shape;
    return of ? value.map((element) => withoutNulls(element, of)) : value;
  }
  return isObject(value) && (shape.type === "structure" || shape.of) ? membersWithoutNulls(value, shape) : value;
}

function membersWithoutNulls(value: Input, { members = {}, of }: Shape): Input {
  const entries = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(
    entries.map(([name, member]) => {
      const shape = of ?? (Object.hasOwn(members, name) ? members[name] : undefined);
      return [name, shape ? withoutNulls(member, shape) : member];
    }),
  );
}

/** Whether a request is what its shapes say, since no problem was found. */
const fits = <T extends object>(_request: object, problems: readonly string[]): _request is T => problems.length === 0;

/**
 * Checks a request against its shapes, which are those of the type that it is to have.
 *
 * @returns the request; members that are null are as good as not there, at any depth, and left out
 * @throws ServiceError `SerializationException` for JSON of a wrong type, `ValidationException` with all other problems
 */
export function checkShape<T extends object>(input: Input, shapes: Shapes): T {
  const check = new Check();
  check.members(input, shapes);
  const problems = check.problems.slice(0, MOST_PROBLEMS);
  const request = check.hasNulls ? membersWithoutNulls(input, { type: "structure", members: shapes }) : input;
  if (fits<T>(request, problems)) return request;
  throw invalid(
    `${problems.length} validation error${problems.length > 1 ? "s" : ""} detected: ${problems.join("; ")}`,
  );
}

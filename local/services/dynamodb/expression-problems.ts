import { invalid } from "./errors";

/** Kinds of errors in a well-formed expression, by rank: of several errors the first kind is returned. */
const kinds = [
  "function",
  "misuse",
  "reserved",
  "name",
  "value",
  "overlap",
  "conflict",
  "operands",
  "distinct",
  "type",
] as const;
type Problem = (typeof kinds)[number];

/** Operators and functions of an expression, at most. (Developer guide: "Quotas", Expression parameters) */
const MOST_OPERATORS = 300;

/** Errors in one expression. */
export class ExpressionProblems {
  private readonly messages = new Map<Problem, string>();
  private operators = 0;

  countOperator(): void {
    this.operators += 1;
  }

  add(kind: Problem, message: string): void {
    if (!this.messages.has(kind)) this.messages.set(kind, message);
  }

  /** @throws ServiceError with what is gravest, if there is anything */
  throwGravest(): void {
    if (this.operators > MOST_OPERATORS)
      throw invalid(`The expression contains too many operators; operator count: ${MOST_OPERATORS + 1}`);
    const kind = kinds.find((known) => this.messages.has(known));
    if (kind) throw invalid(this.messages.get(kind) ?? "");
  }
}

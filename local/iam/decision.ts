import { allHold, type Circumstances, inWords } from "./conditions";
import { arnFits, fits } from "./pattern";
import type { Statement } from "./policy";

/** What somebody wants to do to one resource. */
export interface Attempt {
  /** `dynamodb:GetItem` */
  readonly action: string;
  /** The ARN, or `*` for actions that have no resource form. */
  readonly resource: string;
  readonly circumstances: Circumstances;
}

/** What the policies say, and the granted cells (action and resource as written) that said yes. */
export type Decision =
  | { readonly allowed: true; readonly cells: readonly Cell[] }
  | { readonly allowed: false; readonly explicit: boolean };

/** An action on a resource as a statement grants it. */
export interface Cell {
  readonly action: string;
  readonly resource: string;
  /** The statement's conditions, if it has any. */
  readonly when?: string;
}

/** The cells of a statement, for these of its actions and resources. */
export function cellsFor({ conditions }: Statement, actions: readonly string[], resources: readonly string[]): Cell[] {
  const when = conditions.length > 0 ? { when: inWords(conditions) } : {};
  return actions.flatMap((action) => resources.map((resource) => ({ action, resource, ...when })));
}

/** Actions know no case, resources do. */
const actionFits = (pattern: string, action: string): boolean => fits(pattern.toLowerCase(), action.toLowerCase());

function cellsOf(statement: Statement, { action, resource }: Attempt): Cell[] {
  const actions = statement.actions.filter((pattern) => actionFits(pattern, action));
  const resources = statement.resources.filter((pattern) => arnFits(pattern, resource));
  return cellsFor(statement, actions, resources);
}

/** Whether a statement is about what is asked for, under these circumstances. */
export const isAsked = (statement: Statement, attempt: Attempt): boolean =>
  cellsOf(statement, attempt).length > 0 && allHold(statement.conditions, attempt.circumstances);

/** IAM's own order: an explicit deny wins, then an allow, else no. */
export function decide(statements: readonly Statement[], attempt: Attempt): Decision {
  const fitting = statements
    .map((statement) => ({ statement, cells: cellsOf(statement, attempt) }))
    .filter(({ statement, cells }) => cells.length > 0 && allHold(statement.conditions, attempt.circumstances));
  if (fitting.some(({ statement }) => statement.effect === "Deny")) return { allowed: false, explicit: true };
  const cells = fitting.flatMap((found) => found.cells);
  return cells.length > 0 ? { allowed: true, cells } : { allowed: false, explicit: false };
}

import { asWritten, type Cell, cellsFor } from "./decision";
import type { Statement } from "./policy";

/** A granted cell of a function, and whether a call has needed it so far. */
export interface CellUse extends Cell {
  readonly function: string;
  readonly used: boolean;
}

/** What Lambda, X-Ray and the network need of a role, not the function's code: it never shows here as a call. */
const platformServices = new Set(["ec2", "logs", "xray"]);

const keyOf = ({ action, resource, when = "" }: Cell): string => `${action} ${resource} ${when}`;

/** The cells that a role grants to code: action × resource × conditions, as written. */
export function grantedCells(statements: readonly Statement[]): readonly Cell[] {
  const allowed = statements.filter(({ effect }) => effect === "Allow");
  const cells = allowed.flatMap((statement) => {
    const { actions, resources, except } = statement;
    return cellsFor(statement, asWritten(actions, except?.actions), asWritten(resources, except?.resources));
  });
  return cells.filter(({ action }) => !platformServices.has(action.split(":")[0] ?? ""));
}

/** Remembers which granted cells were needed, by function. */
export class CellReport {
  private readonly used = new Map<string, Set<string>>();

  /** @returns whether it is the first time */
  use(functionName: string, cell: Cell): boolean {
    const cells = this.used.get(functionName) ?? new Set();
    this.used.set(functionName, cells);
    const first = !cells.has(keyOf(cell));
    cells.add(keyOf(cell));
    return first;
  }

  of(functionName: string, statements: readonly Statement[]): readonly CellUse[] {
    const used = this.used.get(functionName);
    return grantedCells(statements).map((cell) => ({
      function: functionName,
      ...cell,
      used: used?.has(keyOf(cell)) ?? false,
    }));
  }
}

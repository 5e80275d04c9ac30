import { currentRequest } from "../current-request";
import type { Item } from "./attribute-value";
import { itemOf, type Row } from "./row";
import type { Table } from "./table";

/**
 * Capacity units that operations consume: a write one for each KB that was begun, of the larger of both items; a read one
 * for each 4 KB, half where it need not be consistent; twice as many in transactions. (Developer guide: "Capacity unit
 * consumption for read operations" and "… for write operations")
 */

export type CapacityMode = "NONE" | "TOTAL" | "INDEXES" | undefined;

/** Whether it matters what an operation consumes: to whoever asks, or to somebody who keeps count. */
export const isCounted = (mode: CapacityMode): boolean =>
  mode === "TOTAL" || mode === "INDEXES" || currentRequest.getStore()?.consumed !== undefined;

/** Capacity units that an operation consumes of a table and its indexes. */
export class Consumption {
  private table = 0;
  private kind: "read" | "write" = "read";
  private readonly indexes = new Map<string, number>();

  constructor(private readonly of: Table) {}

  addTable(units: number): void {
    this.table += units;
  }

  addIndex(name: string, units: number): void {
    if (units > 0) this.indexes.set(name, (this.indexes.get(name) ?? 0) + units);
  }

  /** Adds what a write consumes. */
  addWrite(before: Row | undefined, after: Row | undefined, item: Item | undefined, factor = 1): void {
    this.kind = "write";
    const size = Math.max(before?.size ?? 0, after?.size ?? 0);
    this.addTable(Math.max(1, Math.ceil(size / 1024)) * factor);
    if (this.of.indexes.length === 0) return;
    const [old, next] = [before && itemOf(before), after && (item ?? itemOf(after))];
    const key = (after ?? before)?.key ?? "";
    for (const index of this.of.indexes) this.addIndex(index.name, index.writeUnits(key, old, next) * factor);
  }

  /** `ConsumedCapacity` as it was asked for. @param kind names the units a second time, as transactions do */
  answer(mode: CapacityMode, kind?: "ReadCapacityUnits" | "WriteCapacityUnits"): object | undefined {
    this.note();
    if (mode !== "TOTAL" && mode !== "INDEXES") return undefined;
    const units = (CapacityUnits: number) => ({ ...(kind ? { [kind]: CapacityUnits } : {}), CapacityUnits });
    const total = [...this.indexes.values()].reduce((sum, value) => sum + value, this.table);
    const whole = { TableName: this.of.name, ...units(total) };
    if (mode === "TOTAL") return whole;
    const indexesOf = (isGlobal: boolean): object | undefined => {
      const consumed = this.of.indexes.filter((index) => index.isGlobal === isGlobal && this.indexes.has(index.name));
      if (consumed.length === 0) return undefined;
      return Object.fromEntries(consumed.map(({ name }) => [name, units(this.indexes.get(name) ?? 0)]));
    };
    const [global, local] = [indexesOf(true), indexesOf(false)];
    return {
      ...whole,
      Table: units(this.table),
      ...(local ? { LocalSecondaryIndexes: local } : {}),
      ...(global ? { GlobalSecondaryIndexes: global } : {}),
    };
  }

  /** Notes it with the request that is under way. A local index's units are its table's. */
  private note(): void {
    const consumed = currentRequest.getStore()?.consumed;
    if (!consumed) return;
    const { kind, of } = this;
    let whole = this.table;
    for (const [index, units] of this.indexes) {
      const isGlobal = of.indexes.some(({ name, isGlobal }) => name === index && isGlobal);
      if (isGlobal) consumed.push({ kind, table: of.name, index, units });
      else whole += units;
    }
    if (whole > 0) consumed.push({ kind, table: of.name, units: whole });
  }
}

/** The units of reading so many bytes. */
export const readUnits = (bytes: number, isConsistent: boolean): number =>
  Math.max(1, Math.ceil(bytes / 4096)) * (isConsistent ? 1 : 0.5);

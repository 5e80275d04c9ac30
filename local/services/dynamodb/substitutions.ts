import type { Item } from "./attribute-value";

/** `#names` and `:values` of a request, and those of them that were used. */
export class Substitutions {
  readonly unusedNames: Set<string>;
  readonly unusedValues: Set<string>;

  constructor(
    readonly names: Readonly<Record<string, string>>,
    readonly values: Item,
  ) {
    this.unusedNames = new Set(Object.keys(names));
    this.unusedValues = new Set(Object.keys(values));
  }
}

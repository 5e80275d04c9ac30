import { isDeepStrictEqual } from "node:util";
import { replaces, resourceType } from "../../aws/catalogue";
import type { Arguments, StackJson } from "../../stack-json/document";
import { parseAddress, referencesIn } from "../../stack-json/references";
import { type Resource, resourcesOf } from "../../stack-json/resource";

/** A resource that is there before and after. */
export interface Kept {
  readonly before: Resource;
  readonly after: Resource;
  /** Its top arguments that differ, as far as the provider sees that. */
  readonly changed: readonly string[];
}

/** Members of an argument that is a list, by their names. */
export const membersByName = (list: unknown): ReadonlyMap<string, Arguments> =>
  new Map(Array.isArray(list) ? list.map((member: Arguments) => [String(member["name"]), member]) : []);

type Resources = ReadonlyMap<string, Resource>;

/** Whether a reference to a resource that is replaced reads the same before and after: its stated arguments do. */
const staysTheSame = ({ before, after }: Kept, attribute: string): boolean =>
  attribute in after.args && isDeepStrictEqual(before.args[attribute], after.args[attribute]);

/** Two synths of one stack, resource by resource. */
export class Comparison {
  readonly before: Resources;
  readonly after: Resources;
  readonly added: readonly Resource[];
  readonly removed: readonly Resource[];
  /** Existing resources that Terraform imports, each with its id. */
  readonly imported: readonly (readonly [Resource, string])[];
  /** Existing resources that Terraform forgets without destroying them. */
  readonly forgotten: readonly Resource[];
  readonly kept: readonly Kept[];
  /** Addresses of what is destroyed and made anew, each with the reason in words. */
  readonly replaced: ReadonlyMap<string, string>;

  constructor(
    readonly jsonBefore: StackJson,
    readonly jsonAfter: StackJson,
  ) {
    this.before = resourcesOf(jsonBefore);
    this.after = resourcesOf(jsonAfter);
    const origins = new Map((jsonAfter.moved ?? []).map(({ from, to }) => [to, from]));
    const originOf = ({ address }: Resource) =>
      this.before.get(origins.get(address) ?? address) ?? this.before.get(address);
    const pairs = [...this.after.values()].map((after) => ({ before: originOf(after), after }));
    const known = new Set(pairs.map(({ before }) => before));
    const added = pairs.filter(({ before }) => !before).map(({ after }) => after);
    const ids = new Map((jsonAfter.import ?? []).map(({ to, id }) => [to, id]));
    this.imported = added.flatMap((resource) => {
      const id = ids.get(resource.address);
      return id === undefined ? [] : [[resource, id] as const];
    });
    this.added = added.filter(({ address }) => !ids.has(address));
    const gone = [...this.before.values()].filter((resource) => !known.has(resource));
    const spared = (jsonAfter.removed ?? []).filter(({ lifecycle }) => lifecycle?.destroy === false);
    const isSpared = ({ address }: Resource) => spared.some(({ from }) => from === address);
    this.forgotten = gone.filter(isSpared);
    this.removed = gone.filter((resource) => !isSpared(resource));
    this.kept = pairs.flatMap(({ before, after }) => (before ? [keep(before, after)] : []));
    this.replaced = this.replacements();
  }

  /** Resources of a type that are in both, replaced or not. */
  keptOf(type: string): readonly Kept[] {
    return this.kept.filter(({ after }) => after.type === type);
  }

  /** Whether a resource is replaced. */
  isReplaced({ after }: Kept): boolean {
    return this.replaced.has(after.address);
  }

  /** By its own arguments, and by references to what is replaced, until nothing more follows. */
  private replacements(): Map<string, string> {
    const found = new Map<string, string>();
    for (const { after, changed } of this.kept) {
      const reasons = changed.filter((name) => replaces(after.type, name));
      if (reasons.length > 0)
        found.set(after.address, `${reasons.join(", ")} ${reasons.length > 1 ? "change" : "changes"}`);
    }
    for (let size = 0; size !== found.size; ) {
      size = found.size;
      for (const kept of this.kept) {
        const cause = found.has(kept.after.address) ? undefined : this.causeOf(kept, found);
        if (cause) found.set(kept.after.address, `${this.after.get(cause)?.label ?? cause} is`);
      }
    }
    return found;
  }

  private causeOf({ after }: Kept, replaced: ReadonlyMap<string, string>): string | undefined {
    const names = (resourceType(after.type)?.replacing ?? []).filter(
      (name) => name in after.args && !after.ignored.includes(name),
    );
    const text = JSON.stringify(names.map((name) => after.args[name]));
    const references = [...referencesIn(text), ...after.replacedBy.flatMap((trigger) => parseAddress(trigger) ?? [])];
    return references.find(({ address, attribute }) => {
      const source = replaced.has(address) && this.kept.find((kept) => kept.after.address === address);
      return source && !staysTheSame(source, attribute);
    })?.address;
  }
}

function keep(before: Resource, after: Resource): Kept {
  const names = [...new Set([...Object.keys(before.args), ...Object.keys(after.args)])];
  const byName = resourceType(after.type)?.comparedByName ?? [];
  const seen = ({ args }: Resource, name: string) =>
    byName.includes(name) ? [...membersByName(args[name]).keys()].sort() : args[name];
  const differs = (name: string) => !isDeepStrictEqual(seen(before, name), seen(after, name));
  return { before, after, changed: names.filter((name) => !after.ignored.includes(name) && differs(name)) };
}

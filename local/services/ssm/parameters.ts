import { createHash } from "node:crypto";
import type { Parameter } from "../../read/parameter-definition";
import { WriteLog } from "../../store/write-log";
import { latestOf, type Version, type Versioned, versionOf } from "./version";

/** A parameter on disk. */
interface Kept {
  readonly arn: string;
  /** None of a stack's parameter that was deleted. */
  readonly versions: readonly Version[];
  /** What the stack said of it when it was written; undefined where no stack has it. */
  readonly declared?: string;
}

/** Versions that Parameter Store keeps (Systems Manager user guide, "Working with parameter versions"). */
export const mostVersions = 100;

const TABLE = "parameters";

const digestOf = ({ type, value, version }: Parameter): string =>
  createHash("sha256")
    .update(JSON.stringify([type, value, version]))
    .digest("hex");

const started = Date.now() / 1000;

const hasVersions = (versions: readonly Version[]): versions is Versioned["versions"] => versions.length > 0;

/** What was kept, and the stack's other value as one version more. A parameter of another type is a new one. */
function withNewValue({ versions }: Kept, definition: Parameter): readonly Version[] {
  const last = versions.at(-1);
  const next = versionOf(definition, Date.now() / 1000);
  if (last?.type !== definition.type) return [next];
  return [...versions, { ...next, version: last.version + 1 }].slice(-mostVersions);
}

/**
 * All parameters: those of the stacks, and those that were written. A stack's parameter is what the stack says until it is
 * written; from then on it is what was written, until the stack says something else of it.
 */
export class Parameters {
  private readonly log: WriteLog<Kept>;
  private kept: Map<string, Kept> | undefined;
  private definitions: ReadonlyMap<string, Parameter> = new Map();

  constructor(path: string) {
    this.log = new WriteLog(path);
  }

  /**
   * Takes over what the stacks have. What was written before the stack said something else gets another version.
   *
   * @throws UserError when the log is damaged; StorageError when the disk does not take a version
   */
  provision(definitions: readonly Parameter[]): void {
    this.kept ??= new Map(this.log.read().flatMap(({ key, item }) => (item ? [[key, item] as const] : [])));
    for (const definition of definitions) {
      const known = this.kept.get(definition.name);
      const declared = digestOf(definition);
      if (!known || known.declared === declared) continue;
      this.write(definition.name, { arn: definition.arn, versions: withNewValue(known, definition), declared });
    }
    this.definitions = new Map(definitions.map((definition) => [definition.name, definition]));
  }

  /** Those of the stacks, then those that were made by writing them. */
  get all(): readonly Versioned[] {
    const made = [...(this.kept ?? [])].flatMap(([name, { declared }]) => (declared === undefined ? [name] : []));
    return [...new Set([...this.definitions.keys(), ...made])].flatMap((name) => this.byName(name) ?? []);
  }

  byName(name: string): Versioned | undefined {
    const [definition, kept] = [this.definitions.get(name), this.kept?.get(name)];
    if (kept && (definition || kept.declared === undefined)) {
      return hasVersions(kept.versions) ? { name, arn: kept.arn, versions: kept.versions } : undefined;
    }
    return definition && { name, arn: definition.arn, versions: [versionOf(definition, started)] };
  }

  /** `/p` and `p` are two, whose ARNs are the same: the first of them. */
  byArn(arn: string): Versioned | undefined {
    return this.all.find((parameter) => parameter.arn === arn);
  }

  /** Puts these versions in place of a parameter's, on disk as well. @throws StorageError */
  set({ name, arn, versions }: Versioned): void {
    this.write(name, { arn, versions, ...this.declaredOf(name) });
  }

  /** @throws StorageError */
  delete({ name, arn }: Versioned): void {
    const declared = this.declaredOf(name);
    this.write(name, "declared" in declared ? { arn, versions: [], ...declared } : undefined);
  }

  private declaredOf(name: string): Pick<Kept, "declared"> {
    const definition = this.definitions.get(name);
    return definition ? { declared: digestOf(definition) } : {};
  }

  private write(name: string, item: Kept | undefined): void {
    this.log.append({ table: TABLE, key: name, item: item ?? null });
    if (item) this.kept?.set(name, item);
    else this.kept?.delete(name);
  }
}

/** The version of a parameter that a number or a label selects; the latest without either. */
export function selected(parameter: Versioned, selector: string | undefined): Version | undefined {
  if (selector === undefined) return latestOf(parameter);
  return parameter.versions.find(({ version, labels }) =>
    /^\d+$/.test(selector) ? String(version) === selector : labels.includes(selector),
  );
}

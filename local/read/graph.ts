import { resourceType } from "../../aws/catalogue";
import { Arguments, type Value } from "../../stack-json/values";
import { Evaluator, type Outside } from "./evaluator";
import type { StackFile } from "./stack-file";

/** A resource with its references resolved. */
export class Resource extends Arguments {
  constructor(
    readonly type: string,
    readonly name: string,
    private readonly evaluator: Evaluator,
  ) {
    super(`${type}.${name}`, evaluator.resource(type, name));
  }

  /** An attribute that AWS computes: `arn`, `id`. */
  computed(attribute: string): string {
    return String(this.evaluator.attribute(this.type, this.name, attribute));
  }

  /** An argument if it is written, else what AWS computes. */
  get id(): string {
    return this.computed("id");
  }

  get arn(): string {
    return this.computed("arn");
  }
}

/** Everything that the local run needs of these is resolved, so a mistake in them is found at boot. */
const isEmulated = (type: string): boolean => resourceType(type)?.emulated === true;

/** What a resource asks for by a flag, and nothing plays. */
function flagged(resource: Resource): readonly string[] {
  const [flag, name] = resourceType(resource.type)?.notEmulatedFlag ?? [];
  return flag !== undefined && name !== undefined && resource.flag(flag) ? [name] : [];
}

/** A stack as the runner sees it: what it plays, resolved, and a list of what it doesn't. */
export class Graph {
  /** Kinds of things that exist in the cloud only: `alarms`, `network`. */
  readonly notPlayed: readonly string[];
  private readonly played: ReadonlyMap<string, readonly Resource[]>;

  constructor(
    readonly file: StackFile,
    outside: Outside,
  ) {
    const types = [...file.resources.keys()];
    const unknown = types.filter((type) => !isEmulated(type) && resourceType(type)?.notEmulated === undefined);
    if (unknown.length > 0) {
      throw new Error(
        `${file.name}: the local runner does not know ${unknown.join(", ")}; say in aws/catalogue whether it is emulated`,
      );
    }
    const evaluator = new Evaluator(file, outside);
    this.played = new Map(
      types
        .filter(isEmulated)
        .map((type) => [
          type,
          [...(file.resources.get(type)?.keys() ?? [])].map((name) => new Resource(type, name, evaluator)),
        ]),
    );
    this.notPlayed = [
      ...new Set([
        ...types.flatMap((type) => resourceType(type)?.notEmulated ?? []),
        ...[...this.played.values()].flat().flatMap(flagged),
      ]),
    ].sort();
  }

  /** The resources of a type, in the order of the JSON. */
  all(type: string): readonly Resource[] {
    return this.played.get(type) ?? [];
  }

  /** The resource of a type whose attribute has this value. */
  find(type: string, attribute: string, value: Value): Resource | undefined {
    return this.all(type).find((resource) => resource.attributes[attribute] === value);
  }
}

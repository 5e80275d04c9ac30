import { isEmulated, resourceType } from "../../aws/catalogue";
import type { Json } from "../../lib/json";
import { Arguments } from "./arguments";
import { changingTypes } from "./changing-types";
import { Evaluator, knownDataSources, type Outside } from "./evaluator";
import { notEmulated } from "./not-emulated";
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

  /** Whether there is an attribute of this name, written or computed. */
  hasComputed(attribute: string): boolean {
    return this.evaluator.knows(this.type, this.name, attribute);
  }

  /** An argument if it is written, else what AWS computes. */
  get id(): string {
    return this.computed("id");
  }

  get arn(): string {
    return this.computed("arn");
  }
}

/** @throws UserError when something that is not emulated would change what is */
function refuseChanging({ resources }: StackFile): void {
  for (const [type, named] of resources) {
    const differs = changingTypes.get(type);
    const [name] = named.keys();
    if (differs === undefined || name === undefined) continue;
    throw notEmulated(`${type}.${name}`, `${type} is not emulated here, and on AWS decides ${differs}`);
  }
}

/** A type that nobody has thought of goes by its own name. */
const unknown = (type: string): readonly string[] => (isEmulated(type) ? [] : [type]);

/** A stack as the runner sees it: what it emulates, resolved, and a list of what it doesn't. */
export class Graph {
  /** Kinds of things that exist in the cloud only: `alarms`, `network`. */
  readonly notEmulated: readonly string[];
  private readonly emulated: ReadonlyMap<string, readonly Resource[]>;
  private readonly evaluator: Evaluator;

  constructor(
    readonly file: StackFile,
    outside: Outside,
  ) {
    const types = [...file.resources.keys()];
    refuseChanging(file);
    this.evaluator = new Evaluator(file, outside);
    this.emulated = new Map(types.filter(isEmulated).map((type) => [type, this.declared(type)]));
    this.notEmulated = [
      ...new Set([
        ...types.flatMap((type) => resourceType(type)?.notEmulated ?? unknown(type)),
        ...([...file.dataSources.keys()].some((type) => !knownDataSources.has(type)) ? ["data sources"] : []),
      ]),
    ].sort();
  }

  /** The resources of a type, whether it is emulated or not. */
  declared(type: string): readonly Resource[] {
    return [...(this.file.resources.get(type)?.keys() ?? [])].map((name) => new Resource(type, name, this.evaluator));
  }

  /** The resources of a type, in the order of the JSON. */
  all(type: string): readonly Resource[] {
    return this.emulated.get(type) ?? [];
  }

  /** The resource of a type whose attribute has this value. */
  find(type: string, attribute: string, value: Json): Resource | undefined {
    return this.all(type).find((resource) => resource.attributes[attribute] === value);
  }
}

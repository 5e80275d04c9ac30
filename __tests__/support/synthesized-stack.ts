import { type EnvironmentName, stackText } from "./synthesized";

/** A resource's arguments as they stand in the JSON. */
export type Arguments = Record<string, unknown> & { depends_on?: string[] };

/** A policy document's statement as it stands in the JSON. */
export interface RenderedStatement {
  Effect: string;
  Action: string[];
  Resource?: string[];
  Principal?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** A synthesized stack, parsed once. */
export class Synthesized {
  readonly json: {
    resource: Record<string, Record<string, Arguments>>;
    output: Record<string, { value: unknown; description?: string }>;
    variable: Record<string, Record<string, unknown>>;
    terraform: Record<string, unknown> & { backend: Record<string, unknown> };
    provider: { aws: [Record<string, unknown>] };
  };

  /**
   * @param text the JSON
   * @param paths address → construct path. @default what the JSON says of itself
   */
  constructor(
    text: string,
    private readonly paths?: ReadonlyMap<string, string>,
  ) {
    this.json = { variable: {}, ...JSON.parse(text) };
  }

  /** The arguments of the one resource at this construct path below the stack: `records`, `get-record/role`. */
  at(type: string, path: string): Arguments {
    const [, resource] =
      Object.entries(this.all(type)).find(([name, { "//": note }]) => {
        const place = this.paths?.get(`${type}.${name}`) ?? (note as { metadata: { path: string } }).metadata.path;
        return place.replace(/^[^/]*\/|\/Default$/g, "") === path;
      }) ?? [];
    if (!resource) throw new Error(`there is no ${type} at ${path}`);
    return resource;
  }

  all(type: string): Record<string, Arguments> {
    return this.json.resource[type] ?? {};
  }

  /** Type → how many there are. */
  counts(): Record<string, number> {
    return Object.fromEntries(
      Object.entries(this.json.resource).map(([type, resources]) => [type, Object.keys(resources).length]),
    );
  }

  /** Permissions of a function's role beyond those that every function has, as `action resource`. */
  granted(fn: string): string[] {
    return this.statements("aws_iam_role_policy", `${fn}/role/policy`)
      .filter(({ Effect, Action }) => Effect === "Allow" && !/^(logs|xray|ec2):/.test(Action[0] ?? ""))
      .flatMap(({ Action, Resource = [] }) => Action.flatMap((action) => Resource.map((arn) => `${action} ${arn}`)))
      .sort();
  }

  /** The statements of a policy that stands in an argument. */
  statements(type: string, path: string, argument = "policy"): RenderedStatement[] {
    return JSON.parse(this.at(type, path)[argument] as string).Statement;
  }
}

/** A system as `npm run synth` writes it. */
export const synthesizedStack = (system: string, environment: EnvironmentName = "dev"): Synthesized =>
  new Synthesized(stackText(system, environment));

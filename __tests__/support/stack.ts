import "cdktf/lib/testing/adapters/jest";
import { TerraformResource, Testing } from "cdktf";
import { SystemStack } from "../../constructs/system-stack";
import { dev } from "../../environments/dev";
import type { Environment } from "../../environments/environment";

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

/** What a stack becomes, parsed once. */
export class Synthesized {
  readonly json: {
    resource: Record<string, Record<string, Arguments>>;
    output: Record<string, { value: unknown; description?: string }>;
    variable: Record<string, Record<string, unknown>>;
    terraform: Record<string, unknown> & { backend: Record<string, unknown> };
    provider: { aws: [Record<string, unknown>] };
  };

  /** Synthesizes with all validations on. */
  constructor(private readonly stack: SystemStack) {
    this.json = { variable: {}, ...JSON.parse(Testing.synth(stack, true)) };
  }

  /** The arguments of the one resource at this construct path below the stack: `records`, `get-record/role`. */
  at(type: string, path: string): Arguments {
    const nodes = this.stack.node.findAll().filter(TerraformResource.isTerraformResource);
    const place = `${this.stack.node.path}/${path}`;
    const found = nodes.find(
      ({ node, terraformResourceType }) =>
        terraformResourceType === type && (node.path === place || node.path === `${place}/Default`),
    );
    const resource = found && this.all(type)[found.friendlyUniqueId];
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

  /** What a function's role allows beyond what every function needs, as `action resource`. */
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

/** An empty stack to put a construct in. */
export const emptyStack = (changes: Partial<Environment> = {}): SystemStack =>
  new SystemStack(Testing.app(), { system: "test", environment: { ...dev, ...changes }, region: "us-east-1" });

/** What the validations say about a stack, each message once, without the construct's path. */
export function problemsOf(stack: SystemStack): string[] {
  return stack.node.findAll().flatMap(({ node }) => node.validate().map((problem) => `${node.path}: ${problem}`));
}

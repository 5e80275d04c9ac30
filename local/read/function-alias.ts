import { parseFunctionName } from "../../aws/arn";
import { UserError } from "../../lib/user-error";
import type { Graph, Resource } from "./graph";

/** A function's alias as the stack declares it. */
export interface FunctionAlias {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  /** The version that gets what `weights` leave. */
  readonly version: string;
  /** Shares of the calls, from 0 to 1, of other versions. */
  readonly weights: Readonly<Record<string, number>>;
}

const published = /^\d+$/;

/**
 * Shares of other versions. One can have some, both are published ones, and they differ (Lambda developer guide,
 * "Implement Lambda canary deployments using a weighted alias").
 */
function weightsOf(alias: Resource, version: string): FunctionAlias["weights"] {
  const block = alias.block("routing_config");
  const given = Object.entries(block?.attributes["additional_version_weights"] ?? {});
  const wrong = (rule: string, got: unknown): UserError =>
    new UserError(`${alias.address}: routing_config.additional_version_weights must ${rule}, got ${got}`);
  if (given.length > 1) throw wrong("name one version", given.map(([name]) => name).join(" and "));
  return Object.fromEntries(
    given.map(([other, weight]) => {
      const share = Number(weight);
      if (!published.test(other) || other === version) throw wrong(`name a version beside ${version}`, other);
      if (!published.test(version)) throw wrong("stand beside a function_version that is published", version);
      if (!(share >= 0 && share <= 1)) throw wrong("be from 0 to 1", JSON.stringify(weight));
      return [other, share];
    }),
  );
}

/** The aliases of a function, by whichever of its name and ARN they name it. */
export const aliasesOf = (graph: Graph, functionName: string): readonly FunctionAlias[] =>
  graph
    .all("aws_lambda_alias")
    .filter((alias) => parseFunctionName(alias.text("function_name")).name === functionName)
    .map((alias) => {
      const version = String(alias.attributes["function_version"]);
      return {
        name: alias.text("name"),
        arn: alias.arn,
        description: alias.optionalText("description") ?? "",
        version,
        weights: weightsOf(alias, version),
      };
    });

/**
 * The version that a call by an alias runs.
 *
 * @param drawn a number from 0 up to 1, which decides
 */
export function versionOf({ version, weights }: FunctionAlias, drawn: number): string {
  let left = drawn;
  for (const [other, weight] of Object.entries(weights)) {
    if (left < weight) return other;
    left -= weight;
  }
  return version;
}

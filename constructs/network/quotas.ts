import { Eip } from "@cdktf/provider-aws/lib/eip";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import type { App } from "cdktf";
import type { IConstruct } from "constructs";
import { defaultNetworkQuotas } from "../../aws/limits";
import type { Environment } from "../../environments/environment";
import { StackContext } from "../synth/stack-context";

/** The stacks of an environment. */
export interface Deployed {
  readonly environment: Environment;
  readonly app: App;
}

const limited = [
  ["VPCs", defaultNetworkQuotas.vpcs, (node: IConstruct) => node instanceof Vpc],
  ["Elastic IP addresses", defaultNetworkQuotas.elasticIps, (node: IConstruct) => node instanceof Eip],
] as const;

/** Number of resources in each region: region → number. */
function countByRegion(nodes: readonly IConstruct[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const { region } = StackContext.of(node);
    counts.set(region, (counts.get(region) ?? 0) + 1);
  }
  return counts;
}

/**
 * Says where the stacks of an account have more in a region than AWS allows at first. Quotas can be raised, and this
 * account's may have been: nothing is refused.
 *
 * @param deployed all the environments of one account
 */
export function quotaWarnings(deployed: readonly Deployed[]): readonly string[] {
  const [first] = deployed;
  if (!first) return [];
  const names = deployed.map(({ environment }) => environment.name).join(", ");
  const nodes = deployed.flatMap(({ app }) => app.node.findAll());
  const fix = deployed.length > 1 ? "give each environment an account of its own" : "use another region for some";
  return limited.flatMap(([what, quota, counts]) =>
    [...countByRegion(nodes.filter(counts))]
      .filter(([, count]) => count > quota)
      .map(
        ([region, count]) =>
          `${names}: ${what} of account ${first.environment.accountId} in ${region} must be at most ${quota} at first, got ${count}; ${fix}, or ask for more (Service Quotas)`,
      ),
  );
}

import { ApiGatewayApiKey } from "@cdktf/provider-aws/lib/api-gateway-api-key";
import { ApiGatewayUsagePlan } from "@cdktf/provider-aws/lib/api-gateway-usage-plan";
import { ApiGatewayUsagePlanKey } from "@cdktf/provider-aws/lib/api-gateway-usage-plan-key";
import { Construct } from "constructs";
import { apiGatewayLimits } from "../../aws/limits";
import { StackContext } from "../synth/stack-context";
import { between, type Rule, validate } from "../synth/validation";
import type { ApiStage } from "./api-stage";

export interface UsagePlanProps {
  /** The stage that the keys open. */
  readonly stage: ApiStage;
  /** For each key, requests a second. */
  readonly rateLimit: number;
  /** For each key, requests at once. */
  readonly burstLimit: number;
  /** For each key, requests a day. */
  readonly quotaPerDay: number;
  /**
   * Clients with a key, in kebab-case: `["key", "mobile"]` gives a second to `mobile` and leaves the first as it is.
   * Where it is set, there is an output `<plan's id>_keys` by client. @default ["key"]
   */
  readonly clients?: readonly string[];
}

const keyInPlan = (client: string): string => `${client}-in-plan`;

const isClient = (name: string): boolean => /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && !name.endsWith(keyInPlan(""));

function clientRules(clients: readonly string[]): Rule[] {
  const twice = clients.find((name, index) => clients.indexOf(name) !== index);
  return [
    [clients.length > 0, "clients must name at least one, got none; name one, or leave it out for a single key"],
    ...clients.map(
      (name): Rule => [
        isClient(name),
        `clients must be in kebab-case (mobile, partner-2) and not end in -in-plan, got "${name}"; choose another name`,
      ],
    ),
    [twice === undefined, `clients must differ, got "${twice}" twice; give each a name of its own`],
  ];
}

/**
 * A usage plan of a stage, and an API key for each client. AWS makes up the keys' values.
 *
 * @example
 * const { apiKeyId } = new UsagePlan(this, "usage-plan", { stage, rateLimit: 10, burstLimit: 20, quotaPerDay: 10_000
 * });
 */
export class UsagePlan extends Construct {
  /** The first key's id, by which its value can be asked for. */
  readonly apiKeyId: string;

  constructor(scope: Construct, id: string, props: UsagePlanProps) {
    super(scope, id);
    const { stage, rateLimit, burstLimit, quotaPerDay, clients = ["key"] } = props;
    const stack = StackContext.of(this);
    const name = stack.nameOf(this);
    const plan = new ApiGatewayUsagePlan(this, "Default", {
      name,
      apiStages: [{ apiId: stage.resource.restApiId, stage: stage.resource.stageName }],
      throttleSettings: { rateLimit, burstLimit },
      quotaSettings: { limit: quotaPerDay, period: "DAY" },
    });
    const keyIds = new Map<string, string>();
    // Names that the rules refuse can't be ids either.
    for (const client of new Set(clients.filter(isClient))) {
      const key = new ApiGatewayApiKey(this, client, { name: `${name}-${client}`, enabled: true });
      new ApiGatewayUsagePlanKey(this, keyInPlan(client), { usagePlanId: plan.id, keyId: key.id, keyType: "API_KEY" });
      keyIds.set(client, key.id);
    }
    this.apiKeyId = [...keyIds.values()][0] ?? "";
    if (props.clients) {
      const output = `${stack.idOf(this).replaceAll("-", "_")}_keys`;
      stack.output(output, Object.fromEntries(keyIds), "The id of each client's key, which logs name as caller");
    }
    validate(this, () => [
      between("rateLimit", rateLimit, [1, apiGatewayLimits.requestsPerSecond]),
      between("burstLimit", burstLimit, [1, apiGatewayLimits.burst]),
      between("quotaPerDay", quotaPerDay, [1, apiGatewayLimits.quota]),
      ...clientRules(clients),
    ]);
  }
}

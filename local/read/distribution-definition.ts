import { UserError } from "../../lib/user-error";
import type { Arguments } from "./arguments";
import type { Graph, Resource } from "./graph";
import { notEmulated } from "./not-emulated";
import { type Headers, policyHeaders } from "./response-headers-policy";

/** A distribution in front of a stage of the stack's own API. */
export interface DistributionDefinition {
  readonly stage: string;
  /** The host by which the origin knows itself. */
  readonly originHost: string;
  readonly allowedMethods: readonly string[];
  /** Headers added to each origin request, in place of the client's of the same names. */
  readonly originHeaders: Headers;
  /** Headers added to each response, in place of the origin's. */
  readonly responseHeaders: Headers;
}

/** AWS's managed policies that are emulated: nothing is cached, and all but the host's name is passed on. */
const cachingDisabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const allViewerExceptHostHeader = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/** Errors that are kept for no time are as they are here, where nothing is kept. Another page or status would be another answer. */
function refuseOtherErrors(error: Arguments): void {
  error.refuse("response_page_path", "response_code");
  const seconds = error.number("error_caching_min_ttl", 10);
  if (seconds !== 0) throw error.notEmulated(`error_caching_min_ttl ${seconds}, not 0,`);
}

function must(block: Arguments, name: string, value: string): void {
  if (block.text(name) !== value) throw block.notEmulated(`${name} ${block.text(name)}`);
}

function one(resource: Resource, name: string): Arguments {
  const [block, second] = resource.blocks(name);
  if (!block || second) throw notEmulated(resource.address, `${name} must be there once, others are not emulated here`);
  return block;
}

/** The distribution in front of the stack's API. */
export function distributionOf(graph: Graph): DistributionDefinition | undefined {
  const [resource, second] = graph
    .all("aws_cloudfront_distribution")
    .filter((distribution) => distribution.flag("enabled", true));
  if (!resource) return undefined;
  if (second) throw new UserError(`${graph.file.name}: ${second.address} is a second distribution, one is emulated`);
  resource.refuse("ordered_cache_behavior", "origin_group", "default_root_object", "web_acl_id");
  resource.blocks("custom_error_response").forEach(refuseOtherErrors);
  const origin = one(resource, "origin");
  const behavior = one(resource, "default_cache_behavior");
  behavior.refuse("function_association", "lambda_function_association", "forwarded_values");
  behavior.refuse("trusted_key_groups", "trusted_signers");
  must(behavior, "cache_policy_id", cachingDisabled);
  must(behavior, "origin_request_policy_id", allViewerExceptHostHeader);
  const policyId = behavior.optionalText("response_headers_policy_id");
  const policy = graph.all("aws_cloudfront_response_headers_policy").find(({ id }) => id === policyId);
  if (policyId !== undefined && !policy)
    throw new UserError(`${behavior.address}: policy ${policyId} is not in the stack`);
  return {
    ...stageOf(graph, origin),
    allowedMethods: behavior.texts("allowed_methods"),
    originHeaders: origin.blocks("custom_header").map((header) => [header.text("name"), header.text("value")]),
    responseHeaders: policy ? policyHeaders(policy) : [],
  };
}

function stageOf(graph: Graph, origin: Arguments): Pick<DistributionDefinition, "stage" | "originHost"> {
  const originHost = origin.text("domain_name");
  const stage = origin.text("origin_path").replace(/^\//, "");
  const api = graph.all("aws_api_gateway_rest_api").find(({ id }) => originHost.startsWith(`${id}.execute-api.`));
  const known = graph.all("aws_api_gateway_stage").some((candidate) => candidate.text("stage_name") === stage);
  if (api && known) return { stage, originHost };
  throw notEmulated(origin.address, `${originHost}/${stage} is no stage of the stack, others are not emulated here`);
}

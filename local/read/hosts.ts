import type { Graph } from "./graph";

/** The names by which clients on the internet ask a stack: of its distributions, and its own domains. In lower case. */
export function hostsOf(graph: Graph): readonly string[] {
  const domains = graph.declared("aws_api_gateway_domain_name").map((domain) => domain.text("domain_name"));
  const distributions = graph
    .all("aws_cloudfront_distribution")
    .flatMap((distribution) => [`${distribution.id}.cloudfront.net`, ...distribution.texts("aliases")]);
  return [...domains, ...distributions].map((name) => name.toLowerCase());
}

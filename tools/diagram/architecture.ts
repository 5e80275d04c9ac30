import { readPolicyDocument } from "../../aws/policy-document";
import { UserError } from "../../lib/user-error";
import { type Stack, textOf } from "./stack";
import { type ApiBody, clients, type Edge, housekeeping, links, type Part, type Stage } from "./types";

function merge(edges: readonly Edge[]): Edge[] {
  const merged = new Map<string, Edge>();
  for (const { from, to, labels } of edges) {
    const known = merged.get(`${from} ${to}`)?.labels ?? [];
    merged.set(`${from} ${to}`, { from, to, labels: [...new Set([...known, ...labels])] });
  }
  return [...merged.values()];
}

/** These parts, and those that nothing else leads to. */
function reachedOnlyBy(starts: ReadonlySet<string>, edges: readonly Edge[]): ReadonlySet<string> {
  const isOnly = (id: string) => !starts.has(id) && edges.every(({ from, to }) => to !== id || starts.has(from));
  const next = edges.map(({ to }) => to).filter(isOnly);
  return next.length === 0 ? starts : reachedOnlyBy(new Set([...starts, ...next]), edges);
}

/** Names of the calls that actions allow, without housekeeping. */
const calls = (actions: readonly string[]): string[] =>
  actions.map((action) => action.replace(/.*:/, "")).filter((name) => !housekeeping.includes(name));

/**
 * Types of which only those are drawn that something leads to: a parameter that no function reads is an operator's, an
 * endpoint that no call takes has none to show, and a role is its function's unless somebody else takes it on.
 */
const onlyIfUsed: ReadonlySet<string> = new Set([clients, "aws_ssm_parameter", "aws_vpc_endpoint", "aws_iam_role"]);

/** A stack as boxes and arrows. Of several stages with functions of their own, the first is drawn. */
export class Architecture {
  readonly parts: readonly Part[];
  readonly edges: readonly Edge[];
  /** The one with a distribution comes first. */
  readonly stages: readonly Stage[];

  constructor(readonly stack: Stack) {
    const front = textOf(stack.all("aws_cloudfront_distribution"));
    const isInFront = ({ key }: Stage) => front.includes(`aws_api_gateway_stage.${key}.`);
    const stages = stack.all<Stage>("aws_api_gateway_stage");
    this.stages = [...stages.filter(isInFront), ...stages.filter((stage) => !isInFront(stage))];
    const routes = this.routes(this.stages.slice(0, 1));
    const otherRoutes = this.routes(this.stages).filter(({ to }) => routes.every((route) => route.to !== to));
    const edges = [
      ...this.calls(),
      ...routes,
      ...otherRoutes,
      ...this.authorizers(),
      ...this.grants(),
      ...this.identities(),
      ...this.attachedGrants(),
      ...this.links(),
    ];
    const others = reachedOnlyBy(new Set(otherRoutes.map(({ to }) => to)), edges);
    const isUsed = (id: string) => edges.some(({ from, to }) => from === id || to === id);
    const isDrawn = ({ id, type }: Part) => !onlyIfUsed.has(type) || isUsed(id);
    this.parts = stack.parts.filter((part) => !others.has(part.id) && isDrawn(part));
    this.edges = merge(edges.filter(({ from, to }) => !others.has(from) && !others.has(to)));
  }

  /** Clients call what stands in front. */
  private calls(): Edge[] {
    const entrances = this.stack.parts.filter(({ type }) => /cloudfront_distribution|rest_api/.test(type));
    return entrances.map(({ id }) => ({ from: clients, to: id, labels: [] }));
  }

  /** The APIs, with the documents that they are made of. */
  private apis(): { readonly from: string; readonly body: ApiBody }[] {
    return this.stack.all<{ body: string }>("aws_api_gateway_rest_api").map(({ key, body }) => ({
      from: `aws_api_gateway_rest_api.${key}`,
      body: JSON.parse(body.replaceAll("$${", "${").replaceAll("%%{", "%{")) as ApiBody,
    }));
  }

  /** From an API to what says whose a token is. */
  private authorizers(): Edge[] {
    return this.apis().flatMap(({ from, body: { components } }) =>
      Object.values(components?.securitySchemes ?? {}).flatMap((scheme) => {
        const { authorizerUri, providerARNs = [] } = scheme["x-amazon-apigateway-authorizer"] ?? {};
        const asked = [...(authorizerUri ? [authorizerUri] : []), ...providerARNs];
        return asked.flatMap((one) => this.stack.find(one)).map((to) => ({ from, to, labels: ["tokens"] }));
      }),
    );
  }

  /** From an API to its functions, labelled with the routes; a stage's variables may be part of a function's name. */
  private routes(stages: readonly Stage[]): Edge[] {
    return this.apis().flatMap(({ from, body: { paths } }) => {
      const operations = Object.entries(paths).flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, operation]) => {
          const uri = operation["x-amazon-apigateway-integration"]?.uri ?? "";
          return { uri, labels: [`${method.toUpperCase()} ${path}`] };
        }),
      );
      return operations.flatMap(({ uri, labels }) => {
        const uris = stages.map(({ variables }) =>
          uri.replace(/\$\{stageVariables\.(\w+)\}/g, (_, name: string) => variables?.[name] ?? ""),
        );
        return uris.flatMap((uri) => this.stack.find(uri)).map((to) => ({ from, to, labels }));
      });
    });
  }

  /** Permissions of roles, as edges from their holders. */
  private grants(): Edge[] {
    return this.stack.all<{ role: string; policy: string }>("aws_iam_role_policy").flatMap(({ role, policy }) => {
      const [, key] = /aws_iam_role\.([\w-]+)\./.exec(role) ?? [];
      const assumes = new RegExp(`"role(_arn)?":"\\$\\{aws_iam_role\\.${key}\\.`);
      const holders = this.stack.parts.filter(({ resources }) => assumes.test(textOf(resources)));
      const allowed = readPolicyDocument(policy).statements.filter(({ Effect }) => Effect === "Allow");
      return allowed.flatMap(({ Action = [], Resource = [] }) => {
        const targets = () => Resource.flatMap((resource) => this.target(resource));
        return holders.flatMap((holder) => targets().flatMap((to) => this.ways(holder, to, Action)));
      });
    });
  }

  /** From identity providers to the roles that who signed in there may assume. */
  private identities(): Edge[] {
    return this.stack
      .all<{ assume_role_policy?: string }>("aws_iam_role")
      .flatMap(({ key, assume_role_policy: trust }) =>
        (trust === undefined ? [] : readPolicyDocument(trust).statements).flatMap(({ Principal }) => {
          const federated = typeof Principal === "object" ? (Principal["Federated"] ?? []) : [];
          const providers = federated.flatMap((arn) => this.stack.find(arn));
          return providers.map((from) => ({ from, to: `aws_iam_role.${key}`, labels: ["AssumeRole"] }));
        }),
      );
  }

  /**
   * Permissions of managed policies, as edges from the roles that they are attached to. They may be about other stacks'
   * resources, which are not drawn here.
   */
  private attachedGrants(): Edge[] {
    const policies = new Map(
      this.stack.all<{ policy: string }>("aws_iam_policy").map(({ key, policy }) => [`aws_iam_policy.${key}`, policy]),
    );
    const attachments = this.stack.all<{ role: string; policy_arn: string }>("aws_iam_role_policy_attachment");
    return attachments.flatMap(({ role, policy_arn }) => {
      const policy = policies.get(/aws_iam_policy\.[\w-]+/.exec(policy_arn)?.[0] ?? "");
      const allowed = policy ? readPolicyDocument(policy).statements.filter(({ Effect }) => Effect === "Allow") : [];
      return allowed.flatMap(({ Action = [], Resource = [] }) => {
        const labels = calls(Action);
        const targets = [...new Set(Resource.flatMap((resource) => this.stack.find(resource)))];
        return this.stack.find(role).flatMap((from) => targets.map((to) => ({ from, to, labels })));
      });
    });
  }

  /** @throws UserError naming an ARN that no part has: the picture would not show what is granted on it */
  private target(resource: string): string[] {
    const found = this.stack.find(resource);
    if (found.length > 0 || resource === "*" || resource.includes("${")) return found;
    throw new UserError(
      `a role's resources must be part of the stack, got ${resource}; name the resource by reference`,
    );
  }

  /** The way of a call: out of a subnet by the service's endpoint or else by NAT. */
  private ways({ id: from, resources }: Part, to: string, actions: readonly string[]): Edge[] {
    const service = actions[0]?.replace(/:.*/, "");
    const labels = calls(actions);
    // Everything writes logs; `links` says so without a label.
    if (service === "logs" || labels.length === 0) return [];
    const endpoint = this.stack.parts.find(({ resources: [part] }) =>
      textOf(part?.["service_name"]).endsWith(`.${service}`),
    );
    const exit = endpoint ?? this.stack.parts.find(({ type }) => type === "aws_nat_gateway");
    if (!exit || !resources[0]?.["vpc_config"]) return [{ from, to, labels }];
    return [from, exit.id].map((start, step) => ({ from: start, to: [exit.id, to][step] ?? to, labels }));
  }

  private links(): Edge[] {
    return links.flatMap(({ type, from, to, label }) =>
      this.stack.all(type).flatMap((resource) => {
        const named = (argument?: string) =>
          this.stack.find(argument ? resource[argument] : `\${${type}.${resource.key}.id}`);
        const labels = label ? [label] : [];
        return named(from).flatMap((start) => named(to).map((end) => ({ from: start, to: end, labels })));
      }),
    );
  }
}

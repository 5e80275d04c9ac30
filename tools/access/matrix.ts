import { nounOf } from "../../aws/catalogue";
import { readPolicyDocument, type StatementElements } from "../../aws/policy-document";
import type { StackJson } from "../../stack-json/document";
import { replaceReferences } from "../../stack-json/references";

/** A permission of Lambda, as far as it is read. */
interface Permission {
  readonly action: string;
  readonly function_name: string;
  readonly principal: string;
  readonly source_arn?: string;
}

/** A holder's permissions on one resource. */
export interface Row {
  readonly holder: string;
  readonly resource: string;
  readonly actions: readonly string[];
  /** Denied where the conditions are met, whatever else is allowed. */
  readonly denied: boolean;
  /** Conditions of the statement: `aws:SourceAccount` is …. */
  readonly conditions: readonly string[];
}

/** `stage_access-logs_8AF31A2B` as people read it: `stage access-logs`. */
const readable = (key: string): string => key.replace(/_[0-9A-F]{8}$/, "").replaceAll("_", " ");

/** `${aws_dynamodb_table.users.arn}/index/byEmail` as people read it. */
function resourceName(arn: string): string {
  if (arn === "*") return "anything";
  const named = replaceReferences(
    arn,
    ({ type, name, attribute }) =>
      `${attribute === "stream_arn" ? "stream of " : ""}${nounOf(type)} \`${readable(name)}\``,
  )
    // All streams of a group, which is the group.
    .replace(/(?<=`):\*$/, "")
    .replace(":log-stream:", ", ")
    .replace(/\/index\/(.+)$/, ", index `$1`");
  return /^arn:/.test(named) ? `\`${named}\`` : named.replace(/`([/:])([^`]*\*?)$/, "`, `$2`");
}

/** A condition's values in words; a function's own ARN reads the same for all functions. */
function valueName(values: readonly string[], holder: string): string {
  const own = `-${holder.replaceAll(" ", "-")}`;
  const names = values.map((text) => {
    // With any version, as aliases call it.
    if (text.replace(/:\*$/, "").endsWith(own)) return "itself";
    const name = resourceName(text);
    return name.includes("`") ? name : `\`${name}\``;
  });
  return [...new Set(names)].join(" or ");
}

/** The types of policies that resources have: what their statements are about, they say themselves. */
const resourcePolicies = ["aws_s3_bucket_policy", "aws_sns_topic_policy", "aws_sqs_queue_policy"];

/** `sns.amazonaws.com` as people call it, with what it does something for, if that is known. */
function serviceFor(principal: string, sourceArn: string | undefined): string {
  const service = principal.replace(".amazonaws.com", "");
  return sourceArn === undefined ? service : `${resourceName(sourceArn)} (${service})`;
}

/**
 * Permissions of a stack's roles, one row for each holder and resource; and those that resource policies give to
 * services.
 */
class Roles {
  constructor(private readonly json: StackJson) {}

  rows(): Row[] {
    const policies = this.#all<{ role: string; policy: string }>("aws_iam_role_policy");
    const rows = policies.flatMap(({ role, policy }) => {
      const key = /aws_iam_role\.([\w-]+)\./.exec(role)?.[1] ?? "";
      const holder = this.#holderOf(key);
      return readPolicyDocument(policy).statements.flatMap((statement) => this.#rowsOf(holder, statement));
    });
    const all = [...rows, ...this.#permissions(), ...this.#resourcePolicies()];
    return all.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  }

  /** Permissions to invoke functions, but for the routes of APIs: contracts say which functions those invoke. */
  #permissions(): Row[] {
    const permissions = this.#all<Permission>("aws_lambda_permission");
    return permissions.flatMap(({ action, function_name, principal, source_arn }) =>
      principal === "apigateway.amazonaws.com" && !source_arn?.includes("/authorizers/")
        ? []
        : [
            {
              holder: serviceFor(principal, source_arn),
              resource: resourceName(function_name),
              ...{ actions: [action], denied: false, conditions: [] },
            },
          ],
    );
  }

  /** Permissions that resource policies give to services; what they deny, they deny to all. */
  #resourcePolicies(): Row[] {
    const documents = resourcePolicies.flatMap((type) => this.#all<{ policy: string }>(type));
    const statements = documents.flatMap(({ policy }) => readPolicyDocument(policy).statements);
    return statements
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap((statement) => {
        const services = typeof statement.Principal === "object" ? (statement.Principal["Service"] ?? []) : [];
        return services.flatMap((service) => this.#rowsOf(serviceFor(service, undefined), statement));
      });
  }

  #rowsOf(holder: string, { Effect, Action = [], Resource = [], Condition = {} }: StatementElements): Row[] {
    const ownLogs = `log group \`${holder} logs\``;
    return Resource.map((arn) => {
      const resource = resourceName(arn);
      return {
        holder,
        resource: resource === ownLogs ? "its own log group" : resource,
        actions: [...Action].sort(),
        denied: Effect === "Deny",
        conditions: Object.values(Condition).flatMap((compared) =>
          Object.entries(compared).map(([key, values]) => `\`${key}\` is ${valueName(values, holder)}`),
        ),
      };
    });
  }

  /** The function that has the role, or the service that takes it on. */
  #holderOf(roleKey: string): string {
    const pattern = new RegExp(`aws_iam_role\\.${roleKey}\\.`);
    const fn = Object.entries(this.json.resource?.["aws_lambda_function"] ?? {}).find(
      ([, { role = "" }]: [string, { role?: string }]) => pattern.test(role),
    );
    if (fn) return readable(fn[0]);
    const role = this.json.resource?.["aws_iam_role"]?.[roleKey] as { assume_role_policy?: string } | undefined;
    const service = /"([\w-]+)\.amazonaws\.com"/.exec(role?.assume_role_policy ?? "")?.[1];
    return `${readable(roleKey)}${service ? ` (${service})` : ""}`;
  }

  #all<T>(type: string): T[] {
    return Object.values(this.json.resource?.[type] ?? {}) as T[];
  }
}

const sortKey = ({ holder, resource, actions }: Row): string => JSON.stringify([holder, resource, actions]);

/** Without the holder: what several may have in common. */
const sameness = ({ holder: _, ...rest }: Row): string => JSON.stringify(rest);

/** Rows that every function has become one. */
function shared(rows: readonly Row[], functions: readonly string[]): Row[] {
  const isCommon = (row: Row): boolean =>
    functions.length > 1 &&
    functions.every((holder) => rows.some((other) => other.holder === holder && sameness(other) === sameness(row)));
  const common = rows.filter((row) => row.holder === functions[0] && isCommon(row));
  const others = rows.filter((row) => !functions.includes(row.holder) || !isCommon(row));
  return [...others, ...common.map((row) => ({ ...row, holder: "every function" }))];
}

function line({ holder, resource, actions, denied, conditions }: Row): string {
  const asked = conditions.length > 0 ? ` if ${conditions.join(" and ")}` : "";
  return `| ${holder} | ${resource} | ${denied ? "never " : ""}${actions.map((action) => `\`${action}\``).join(" ")}${asked} |`;
}

/** Permissions of a stack's roles: one row for each holder and resource. */
export const accessRows = (json: StackJson): Row[] => {
  const functions = Object.keys(json.resource?.["aws_lambda_function"] ?? {})
    .map(readable)
    .sort();
  return shared(new Roles(json).rows(), functions);
};

/** The page about a system's roles. */
export const accessPage = (system: string, json: StackJson): string =>
  [
    `# Who may do what in ${system}`,
    "",
    "Every right of every role, and what resources allow to services, written by `npm run access` from the Terraform JSON of dev.",
    "",
    "| who | on | may |",
    "|---|---|---|",
    ...accessRows(json).map(line),
    "",
  ].join("\n");

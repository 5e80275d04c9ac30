import { inWords, type Resource } from "../../stack-json/resource";
import { type Change, changesAbout, type Severity } from "./change";
import type { Comparison } from "./comparison";
import { covers, type Permission, policyPermissions } from "./policy-permissions";

const rights = changesAbout("rights");

type Resources = ReadonlyMap<string, Resource>;

const permissionsOf = (side: Resources, all: Resources): Permission[] =>
  [...side.values()].flatMap((resource) => policyPermissions(resource, all));

/** Cells of one sentence: all but the action is the same. */
function sentences(
  permissions: readonly Permission[],
  verb: string,
  severity: (permission: Permission) => Severity,
): Change[] {
  const grouped = new Map<string, Permission[]>();
  for (const permission of permissions) {
    const key = JSON.stringify({ ...permission, action: "" });
    grouped.set(key, [...(grouped.get(key) ?? []), permission]);
  }
  return [...grouped.values()].flatMap((group) => {
    const [permission] = group;
    if (!permission) return [];
    const { subject, principal, resource, condition } = permission;
    const actions = group.map(({ action }) => action).join(", ");
    const who = principal === "" ? subject : `${subject}: ${principal === "*" ? "anyone" : principal}`;
    const where = resource === "it" ? "" : ` on ${resource}`;
    const when = condition === "" ? "" : ` where ${condition}`;
    return [rights(severity(permission), `${who} ${verb} ${actions}${where}${when}`)];
  });
}

/** A gateway endpoint's policy is a second fence: who goes through it needs a right of its own. */
const widening = ({ type }: Permission): Severity => (type === "aws_vpc_endpoint" ? "notice" : "risk");

/**
 * API Gateway may call a function from one route: that goes with the route. Any other permission to call it is
 * reported.
 */
function invocationChanges({ added, kept, after }: Comparison): Change[] {
  const changed = kept.filter((one) => one.changed.length > 0).map((one) => one.after);
  const permissions = [...added, ...changed].filter(({ type }) => type === "aws_lambda_permission");
  return permissions.map(({ args }) => {
    const source = args["source_arn"];
    const known = typeof source === "string" && /\.amazonaws\.com$/.test(String(args["principal"]));
    const from = source === undefined ? " from anywhere" : ` from ${inWords(String(source), after)}`;
    const who = args["principal"] === "*" ? "anyone" : args["principal"];
    return rights(
      known ? "info" : "risk",
      `${who} may now call ${inWords(String(args["function_name"]), after)}${from}`,
    );
  });
}

/** Cells that no others cover. */
function uncovered(permissions: readonly Permission[], others: readonly Permission[]): Permission[] {
  const same = new Set(others.map((permission) => JSON.stringify(permission)));
  const left = permissions.filter((permission) => !same.has(JSON.stringify(permission)));
  return left.filter((permission) => !others.some((other) => covers(other, permission)));
}

/** What a right to read everything comes to, which nobody sees while there is little. */
const scanChanges = (permissions: readonly Permission[]): Change[] =>
  permissions
    .filter(({ action, type }) => action === "dynamodb:Scan" && type !== "aws_vpc_endpoint")
    .map(({ subject, resource }) =>
      rights(
        "notice",
        `${subject} may scan ${resource}: that reads all of it, and gets slower and dearer with every item`,
      ),
    );

/** Which rights are wider or narrower, by who has them, action and resource. */
export function rightsChanges(comparison: Comparison): Change[] {
  const all = new Map([...comparison.before, ...comparison.after]);
  const [before, after] = [permissionsOf(comparison.before, all), permissionsOf(comparison.after, all)];
  const paths = [...comparison.after.values()].map(({ path }) => `${path}/`);
  const isThere = ({ scope }: Permission) => paths.some((path) => path.startsWith(`${scope}/`));
  const gained = uncovered(after, before);
  const lost = uncovered(before, after).filter(isThere);
  const isDenial = ({ deny }: Permission) => deny;
  const isGrant = ({ deny }: Permission) => !deny;
  const harmless = (): Severity => "info";
  return [
    ...sentences(gained.filter(isGrant), "gains", widening),
    ...scanChanges(gained.filter(isGrant)),
    ...sentences(lost.filter(isDenial), "is no longer denied", widening),
    ...sentences(gained.filter(isDenial), "is now denied", harmless),
    ...sentences(lost.filter(isGrant), "loses", harmless),
    ...invocationChanges(comparison),
  ];
}

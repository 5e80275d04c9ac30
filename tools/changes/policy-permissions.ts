import { readPolicyDocument, type StatementElements } from "../../aws/policy-document";
import { messageOf } from "../../lib/user-error";
import { inWords, type Resource } from "../../stack-json/resource";

/** One thing that a policy says: who may, or must not, do what on what. */
export interface Permission {
  /** Whose policy it is, in words. */
  readonly subject: string;
  /** Its path: where nothing is left of it, its denials are not reported. */
  readonly scope: string;
  readonly type: string;
  readonly deny: boolean;
  /** Empty in a role's own policy. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** As JSON; empty for none. */
  readonly condition: string;
}

const orNot = (
  values: readonly string[] | undefined,
  except: readonly string[] | undefined,
  none: string,
): readonly string[] => (except === undefined ? (values ?? [none]) : [`all but ${except.join(", ")}`]);

function principalsOf({ Principal, NotPrincipal }: StatementElements): readonly string[] {
  if (NotPrincipal !== undefined) return [`all but ${JSON.stringify(NotPrincipal)}`];
  if (Principal === undefined) return [""];
  return Principal === "*" ? ["*"] : Object.values(Principal).flat();
}

type Resources = ReadonlyMap<string, Resource>;

type Owner = Pick<Permission, "subject" | "scope" | "type">;

function permissionsOf(statement: StatementElements, owner: Owner): Permission[] {
  const { Effect, Action, NotAction, Resource, NotResource, Condition } = statement;
  return principalsOf(statement).flatMap((principal) =>
    orNot(Action, NotAction, "nothing").flatMap((action) =>
      orNot(Resource, NotResource, "it").map((resource) => ({
        ...owner,
        deny: Effect === "Deny",
        principal,
        action,
        resource,
        condition: Condition === undefined ? "" : JSON.stringify(Condition),
      })),
    ),
  );
}

/** Arguments with a policy document. */
const documents = ["policy", "assume_role_policy", "access_policy", "key_policy"];

/** Name of a role's holder: `get-record`, for `get-record/role`. */
const grantee = (path: string): string => path.replace(/(^|\/)role$/, "") || path;

/** `${aws_iam_role.x.name}` and `.id`, which are the same. */
function roleOwner({ role }: Resource["args"], type: string, resources: Resources): Owner {
  const who = grantee(inWords(String(role), resources));
  return { subject: who, scope: who, type };
}

function ownerOf({ type, label, path, args }: Resource, document: string, resources: Resources): Owner {
  if (document === "assume_role_policy") return { subject: `the role of ${grantee(path)}`, scope: grantee(path), type };
  if (type === "aws_iam_role_policy") return roleOwner(args, type, resources);
  return { subject: label, scope: path.replace(/\/[^/]*$/, ""), type };
}

/** A policy's statements; of one that can't be read, one that says so. */
function statementsIn(text: string): readonly StatementElements[] {
  try {
    return readPolicyDocument(text).statements;
  } catch (error) {
    const Action = [`what a policy says that is not read (${messageOf(error)}): ${text}`];
    return [{ Effect: "Allow", Action }];
  }
}

function attached({ type, args }: Resource, resources: Resources): Permission[] {
  const Action = [`all of ${inWords(String(args["policy_arn"]), resources)}`];
  return permissionsOf({ Effect: "Allow", Action }, roleOwner(args, type, resources));
}

/** The default policy of an endpoint. */
const everything: StatementElements = { Effect: "Allow", Principal: "*", Action: ["*"], Resource: ["*"] };

/** Everything that the policies of a resource say, in words that do not change when a reference does. */
export function policyPermissions(resource: Resource, resources: Resources): Permission[] {
  const { type, args } = resource;
  if (type === "aws_iam_role_policy_attachment") return attached(resource, resources);
  if (type === "aws_vpc_endpoint" && !("policy" in args))
    return permissionsOf(everything, ownerOf(resource, "policy", resources));
  return documents.flatMap((document) => {
    const text = args[document];
    const statements = typeof text === "string" ? statementsIn(inWords(text, resources)) : [];
    return statements.flatMap((statement) => permissionsOf(statement, ownerOf(resource, document, resources)));
  });
}

/** Whether a pattern with `*` and `?` takes in a text, itself perhaps a pattern. */
function takesIn(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("?", "."));
  return new RegExp(`^${parts.join(".*")}$`, "is").test(text);
}

/** whether one permission says all that another does. */
export const covers = (wide: Permission, narrow: Permission): boolean =>
  wide.subject === narrow.subject &&
  wide.deny === narrow.deny &&
  (wide.principal === "*" || wide.principal === narrow.principal) &&
  takesIn(wide.action, narrow.action) &&
  takesIn(wide.resource, narrow.resource) &&
  (wide.condition === "" || wide.condition === narrow.condition);

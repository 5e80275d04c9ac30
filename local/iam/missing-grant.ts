import { enclosingOperation, isItemOperation, partOfAction } from "../../aws/item-operations";
import type { ContextKeys } from "./conditions";

/** A resource that a grant can be made on, as the stack's code names it. */
export interface Grantable {
  readonly arn: string;
  /** The construct's id: `records`, `cursor-secret`. */
  readonly id: string;
}

/** The stack's names. */
export interface Naming {
  /** The function's construct id: `get-record`. */
  readonly functionId: string;
  readonly grantables: readonly Grantable[];
}

const camel = (id: string): string => id.replace(/[-_]+(\w)/g, (_, letter: string) => letter.toUpperCase());

/** A call that is to be granted. */
interface Lack {
  /** The stack's names of the resource and the function: `records`, `getRecord`. */
  readonly on: string;
  readonly to: string;
  readonly operation: string;
  /** The rest after the resource's ARN: `/index/bySource`. */
  readonly rest: string;
  /** The part of a transaction that it is: `Put`. */
  readonly part: string | undefined;
}

/** Service → the verb that its construct offers. */
const writers: Readonly<Record<string, (lack: Lack) => string | undefined>> = {
  dynamodb: ({ on, to, operation, rest, part }) => {
    if (operation.startsWith("PartiQL")) return undefined;
    if (part !== undefined) return `${on}.grantTransaction(${to}, "${part}");`;
    if (!isItemOperation(operation)) return undefined;
    return rest.startsWith("/index/")
      ? `${on}.grantIndex(${to}, "${rest.slice("/index/".length)}", "${operation}");`
      : `${on}.grant(${to}, "${operation}");`;
  },
  s3: ({ on, to, operation, rest }) => {
    if (operation === "ListBucket") return `${on}.grantList(${to});`;
    if (operation === "ListBucketVersions") return `${on}.grantListVersions(${to});`;
    const [, folder = "", ...below] = rest.split("/");
    const pattern = below.length > 0 ? `${folder}/*` : "*";
    return rest.startsWith("/") && /^(Get|Put|Delete)Object$|^(Get|Delete)ObjectVersion$/.test(operation)
      ? `${on}.grant(${to}, "${operation}", "${pattern}");`
      : undefined;
  },
  events: ({ on, to, operation }) => (operation === "PutEvents" ? `${on}.grant(${to}, "${operation}");` : undefined),
  sns: ({ on, to, operation }) => `${on}.grant(${to}, "${operation}");`,
  sqs: ({ on, to, operation }) => (operation === "SendMessage" ? `${on}.grant(${to}, "${operation}");` : undefined),
  ssm: ({ on, to, operation }) => (operation === "GetParameter" ? `${on}.grantRead(${to});` : undefined),
};

/** A call that was refused. */
interface RefusedCall {
  readonly action: string;
  readonly resource: string;
  readonly contextKeys?: ContextKeys;
}

/**
 * The grant that a refused call lacks: the line to add to the stack where there is a verb for it, else the statement.
 */
export function missingGrant(call: RefusedCall, { functionId, grantables }: Naming): string {
  const { action, resource, contextKeys = {} } = call;
  const [service = "", operation = ""] = action.split(":");
  const target = grantables.find(({ arn }) => resource === arn || resource.startsWith(`${arn}/`));
  const to = camel(functionId);
  const rest = resource.slice(target?.arn.length);
  const part = partOfAction(String(contextKeys[enclosingOperation.toLowerCase()]), action);
  const line = target && writers[service]?.({ on: camel(target.id), to, operation, rest, part });
  return line ?? `${to}.allow({ actions: ["${action}"], resources: ["${resource}"] });`;
}

import { invokedBy, parseArn, type TransferMode } from "../../../aws/arn";
import { DefinitionError, notEmulated } from "./definition-error";

/** The target of an `aws` integration: a function, a service's operation by name, or a path of its API. */
export type AwsTarget =
  | { readonly functionArn: string }
  | (ServiceApi & { readonly action: string })
  | (ServiceApi & {
      readonly path: string;
      /** Of an operation that the URI names. @default the integration's */
      readonly method?: string;
    });

interface ServiceApi {
  readonly service: string;
  readonly region: string;
}

/** Services that can be called by an operation's name, and by a path of their API. */
const called: Readonly<Record<"action" | "path", readonly string[]>> = {
  action: ["dynamodb", "s3", "sns", "sqs", "ssm"],
  path: ["dynamodb", "s3", "sns", "sqs", "ssm"],
};

const noTarget = (uri: string, place: string): DefinitionError =>
  new DefinitionError(place, `AWS ARN for integration must contain path or action (uri ${uri})`);

/**
 * Reads the URI of an `aws` integration: `arn:aws:apigateway:<region>:<service>:path/<path>` or `:action/<operation>`.
 * (API Gateway API reference, PutIntegration, uri)
 *
 * @throws DefinitionError naming a service that is not emulated
 */
export function awsTarget(uri: string, place: string): AwsTarget {
  const functionArn = invokedBy(uri);
  if (functionArn) return { functionArn };
  const arn = parseArn(uri);
  if (!arn) throw new DefinitionError(place, `Invalid ARN specified in the request (uri ${uri})`);
  const [, kind, rest = ""] = /^(path|action)\/(.*)$/s.exec(arn.resource) ?? [];
  if (arn.service !== "apigateway" || arn.accountId === "" || (kind !== "path" && kind !== "action")) {
    throw noTarget(uri, place);
  }
  const [subdomain, service = ""] = arn.accountId.includes(".") ? splitHost(arn.accountId) : [undefined, arn.accountId];
  if (!called[kind].includes(service) || (subdomain !== undefined && service !== "s3")) {
    throw notEmulated(place, `an integration of ${arn.accountId}:${kind}`);
  }
  const api = { service, region: arn.region };
  if (kind === "action" && service === "s3") return { ...api, ...objectCall(rest, place) };
  if (kind === "action") return { ...api, action: rest };
  // A bucket in the host's name is the first part of the path here.
  return { ...api, path: subdomain === undefined ? rest : `${subdomain}/${rest}` };
}

/** S3's operations on an object, and their methods. */
const objectOperations: ReadonlyMap<string, string> = new Map([
  ["GetObject", "GET"],
  ["HeadObject", "HEAD"],
  ["PutObject", "PUT"],
  ["DeleteObject", "DELETE"],
]);

/** `GetObject&Bucket={bucket}&Key={key}` (API Gateway API reference, PutIntegration, uri) as the request that it stands for. */
function objectCall(action: string, place: string): { readonly path: string; readonly method: string } {
  const [name = "", ...parameters] = action.split("&");
  const named = new Map(parameters.map((each) => each.split(/=(.*)/s, 2) as [string, string]));
  const [method, bucket, key] = [objectOperations.get(name), named.get("Bucket"), named.get("Key")];
  if (!method || !bucket || !key || named.size > 2) {
    throw notEmulated(
      place,
      `an integration of s3:action/${action}, which is not one operation of a Bucket and a Key,`,
    );
  }
  return { path: `${bucket}/${key}`, method };
}

/** `<bucket>.s3` */
function splitHost(host: string): readonly [subdomain: string, service: string] {
  const dot = host.lastIndexOf(".");
  return [host.slice(0, dot), host.slice(dot + 1)];
}

/** The function of an `aws_proxy` integration. @throws DefinitionError in AWS's words (recorded) */
export function proxiedFunction(uri: string, mode: TransferMode, place: string): string {
  const arn = invokedBy(uri, mode);
  if (arn) return arn;
  if (invokedBy(uri, mode === "STREAM" ? "BUFFERED" : "STREAM")) {
    const name = mode === "STREAM" ? "2021-11-15/…/response-streaming-invocations" : "2015-03-31/…/invocations";
    throw new DefinitionError(place, `uri must be a function's ${name} for the transfer mode ${mode}, got ${uri}`);
  }
  const target = parseArn(uri);
  if (!target) throw new DefinitionError(place, `Invalid ARN specified in the request (uri ${uri})`);
  if (target.service !== "apigateway" || target.accountId === "" || !/^(path|action)\//.test(target.resource)) {
    throw noTarget(uri, place);
  }
  const supported =
    "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.";
  throw new DefinitionError(place, `${supported} (uri ${uri}; of the two, the local gateway reads functions)`);
}

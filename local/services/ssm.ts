import { parameterArn, parseArn } from "../../aws/arn";
import { ssmLimits } from "../../aws/limits";
import type { Parameter } from "../read/parameter-definition";
import { type Input, inputOf, jsonProtocol, optionalTextIn, targetOf, textIn } from "./json-protocol";
import { viaService } from "./key-use";
import { pageOf } from "./pages";
import { type Need, notPlayed, type Operation, type Service, ServiceError, type ServiceRequest } from "./service";

const { success, failure } = jsonProtocol("1.1");
const since = Date.now() / 1000;

/** What a request names. @throws ServiceError when Parameter Store would not look for it */
function namesIn(input: Input, operation: string): readonly string[] {
  const names: unknown = operation === "GetParameter" ? [textIn(input, "Name")] : input["Names"];
  const isList = Array.isArray(names) && names.every((name): name is string => typeof name === "string" && name !== "");
  if (!isList || names.length === 0 || names.length > ssmLimits.namesPerRequest) {
    const rule = `Member must have length between 1 and ${ssmLimits.namesPerRequest}`;
    const message = `1 validation error detected: Value at 'names' failed to satisfy constraint: ${rule}`;
    throw new ServiceError("ValidationException", message);
  }
  const selected = names.find((name) => /:[^:/]+$/.test(parseArn(name)?.resource ?? name));
  if (selected !== undefined) throw notPlayed("SSM", `a version or label of a parameter (${selected})`);
  return [...new Set(names)];
}

/** `/a/b` is `…:parameter/a/b`, `b` is `…:parameter/b`. */
const askedArn = (name: string, { caller }: ServiceRequest): string =>
  name.startsWith("arn:") ? name : parameterArn(name, caller);

function described({ name, arn, type, value, version }: Parameter, decrypt: boolean) {
  const shown = type === "SecureString" && !decrypt ? Buffer.from(`encrypted ${name}`).toString("base64") : value;
  return {
    ARN: arn,
    DataType: "text",
    LastModifiedDate: since,
    Name: name,
    Type: type,
    Value: shown,
    Version: version,
  };
}

function decryptNeeds(parameters: readonly Parameter[], decrypt: boolean): Need[] {
  if (!decrypt) return [];
  return parameters.flatMap(({ arn, keyArn }) =>
    keyArn ? [viaService("ssm", { action: "kms:Decrypt", keyArn, context: { PARAMETER_ARN: arn } })] : [],
  );
}

const constraint = (member: string, rule: string): ServiceError =>
  new ServiceError(
    "ValidationException",
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${rule}`,
  );

/** How many a page has: so many, or what is asked for up to that. */
function mostIn(input: Input, most: number): number {
  const asked = input["MaxResults"] ?? most;
  if (typeof asked === "number" && Number.isInteger(asked) && asked >= 1 && asked <= most) return asked;
  throw constraint("maxResults", `Member must have value between 1 and ${most}`);
}

function refuseFilters(input: Input, operation: string): void {
  const filter = ["ParameterFilters", "Filters", "Shared"].find((name) => objectsOrFlag(input[name]));
  if (filter !== undefined) throw notPlayed("SSM", `${operation} with ${filter}`);
}

const objectsOrFlag = (value: unknown): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value));

type Parameters = () => readonly Parameter[];

/** What lies below a path, in its hierarchy (Systems Manager API reference, GetParametersByPath). */
function byPath(parameters: Parameters, request: ServiceRequest, input: Input): Operation {
  refuseFilters(input, "GetParametersByPath");
  const path = textIn(input, "Path");
  if (!path.startsWith("/")) {
    throw new ServiceError("ValidationException", "The parameter path must begin with a forward slash (/).");
  }
  const most = mostIn(input, 10);
  const [decrypt, recursive] = [input["WithDecryption"] === true, input["Recursive"] === true];
  const folder = path.endsWith("/") ? path : `${path}/`;
  const found = parameters().filter(
    ({ name }) => name.startsWith(folder) && (recursive || !name.slice(folder.length).includes("/")),
  );
  const { items, next } = pageOf(found, most, optionalTextIn(input, "NextToken"), "InvalidNextToken");
  const read = { action: "ssm:GetParametersByPath", resource: parameterArn(folder.slice(0, -1), request.caller) };
  return {
    needs: [read, ...decryptNeeds(items, decrypt)],
    run: () =>
      success({ Parameters: items.map((one) => described(one, decrypt)), ...(next ? { NextToken: next } : {}) }),
  };
}

/** Everything but the values (Systems Manager API reference, DescribeParameters). */
function describe(parameters: Parameters, input: Input): Operation {
  refuseFilters(input, "DescribeParameters");
  const { items, next } = pageOf(
    parameters(),
    mostIn(input, 50),
    optionalTextIn(input, "NextToken"),
    "InvalidNextToken",
  );
  const shown = items.map((parameter) => {
    const { Value: _, ...rest } = described(parameter, false);
    return { ...rest, Tier: "Standard", Policies: [], ...(parameter.keyArn ? { KeyId: parameter.keyArn } : {}) };
  });
  return {
    needs: [{ action: "ssm:DescribeParameters", resource: "*" }],
    run: () => success({ Parameters: shown, ...(next ? { NextToken: next } : {}) }),
  };
}

/** Parameter Store: reading by name, ARN or path. */
export function ssmService(parameters: () => readonly Parameter[]): Service {
  const find = (arn: string) => parameters().find((parameter) => parameter.arn === arn);
  const asked = (request: ServiceRequest, input: Input, operation: string) =>
    namesIn(input, operation).map((name) => ({ name, arn: askedArn(name, request) }));
  return {
    failure,
    operation: (request) => {
      const operation = targetOf(request);
      if (operation === "GetParametersByPath") return byPath(parameters, request, inputOf(request));
      if (operation === "DescribeParameters") return describe(parameters, inputOf(request));
      if (operation !== "GetParameter" && operation !== "GetParameters") throw notPlayed("SSM", operation);
      const input = inputOf(request);
      const decrypt = input["WithDecryption"] === true;
      const wanted = asked(request, input, operation);
      const found = wanted.flatMap(({ arn }) => find(arn) ?? []);
      const reads = wanted.map(({ arn }) => ({ action: `ssm:${operation}`, resource: arn }));
      return {
        needs: [...reads, ...decryptNeeds(found, decrypt)],
        run: () => {
          const Parameters = found.map((parameter) => described(parameter, decrypt));
          const InvalidParameters = wanted.filter(({ arn }) => !find(arn)).map(({ name }) => name);
          if (operation === "GetParameters") return success({ Parameters, InvalidParameters });
          if (InvalidParameters.length > 0) throw new ServiceError("ParameterNotFound", "");
          return success({ Parameter: Parameters[0] });
        },
      };
    },
  };
}

import { parameterArn } from "../../aws/arn";
import { ssmLimits } from "../../aws/limits";
import type { Parameter } from "../read/parameter-definition";
import { type Input, inputOf, jsonProtocol, optionalTextIn, targetOf, textIn } from "./json-protocol";
import { viaService } from "./key-use";
import { checkMembers } from "./members";
import { pageOf } from "./pages";
import { type Need, notEmulated, type Operation, type Service, ServiceError, type ServiceRequest } from "./service";
import { ssmMembers } from "./ssm-members";

const { success, failure } = jsonProtocol("1.1");

/** The parameter itself: `/p` and `p` are two, whose ARNs are the same. */
const named = (parameters: readonly Parameter[], { name, arn }: Asked): Parameter | undefined =>
  parameters.find((parameter) => parameter.name === name) ??
  (name.startsWith("arn:") ? parameters.find((parameter) => parameter.arn === arn) : undefined);

/** Whether the version that is asked for is there. No parameter has a label. */
const hasVersion = ({ version }: Parameter, { selector }: Asked): boolean =>
  selector === undefined || selector === String(version);

const since = Date.now() / 1000;

/** The names in a request. @throws ServiceError when Parameter Store would refuse them */
function namesIn(input: Input, operation: string): readonly string[] {
  const names: unknown = operation === "GetParameters" ? input["Names"] : [textIn(input, "Name")];
  const isList = Array.isArray(names) && names.every((name): name is string => typeof name === "string" && name !== "");
  if (!isList || names.length === 0 || names.length > ssmLimits.namesPerRequest) {
    const rule = `Member must have length between 1 and ${ssmLimits.namesPerRequest}`;
    const message = `1 validation error detected: Value at 'names' failed to satisfy constraint: ${rule}`;
    throw new ServiceError("ValidationException", message);
  }
  return [...new Set(names)];
}

/** A parameter that is asked for: by its name or ARN, and perhaps one version, by its number or a label. */
interface Asked {
  readonly given: string;
  /** The name, or an ARN. */
  readonly name: string;
  readonly arn: string;
  readonly selector?: string;
}

const invalidName = (message: string): ServiceError => new ServiceError("ValidationException", message);

/** `/a/b` is `…:parameter/a/b`, `b` is `…:parameter/b`; `b:3` is its third version. */
function askedFor(given: string, { caller }: ServiceRequest): Asked {
  const [, whole = given, selector] = /^(arn:(?:[^:]*:){4}[^:]*|[^:]*):([^:/]*)$/.exec(given) ?? [];
  const isArn = whole.startsWith("arn:");
  if (selector === "" || (!isArn && whole.includes(":")))
    throw invalidName(
      "Invalid parameter name. Please use correct syntax for referencing a version/label  <name>:<version/label>",
    );
  if (!isArn && !/^[\w./-]+$/.test(whole))
    throw invalidName(
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    );
  // A name that has levels begins with a slash. (Systems Manager API reference, PutParameter, Name)
  if (!isArn && whole.includes("/") && !whole.startsWith("/"))
    throw invalidName("Parameter name must be a fully qualified name.");
  const arn = isArn ? whole : parameterArn(whole, caller);
  return { given, name: whole, arn, ...(selector === undefined ? {} : { selector }) };
}

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

/** Number of parameters in a page: the default, or what is requested up to that. */
function mostIn(input: Input, most: number): number {
  const asked = input["MaxResults"] ?? most;
  if (typeof asked === "number" && Number.isInteger(asked) && asked >= 1 && asked <= most) return asked;
  throw constraint("maxResults", `Member must have value between 1 and ${most}`);
}

type Parameters = () => readonly Parameter[];

/** Names without a slash lie in the topmost folder. */
const isBelow = (name: string, folder: string): boolean =>
  name.startsWith(folder) || (folder === "/" && !name.includes("/"));

/** The parameters below a path, in its hierarchy (Systems Manager API reference, GetParametersByPath). */
function byPath(parameters: Parameters, request: ServiceRequest, input: Input): Operation {
  const path = textIn(input, "Path");
  if (!path.startsWith("/")) {
    throw new ServiceError("ValidationException", "The parameter path must begin with a forward slash (/).");
  }
  const most = mostIn(input, 10);
  const [decrypt, recursive] = [input["WithDecryption"] === true, input["Recursive"] === true];
  const folder = path.endsWith("/") ? path : `${path}/`;
  const found = parameters().filter(
    ({ name }) => isBelow(name, folder) && (recursive || !name.slice(folder.length).includes("/")),
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

/** The parameters of one or several names (Systems Manager API reference, GetParameter, GetParameters). */
function get(parameters: Parameters, request: ServiceRequest, input: Input, operation: string): Operation {
  const decrypt = input["WithDecryption"] === true;
  const asked = namesIn(input, operation).map((name) => askedFor(name, request));
  const all = parameters();
  const found = asked.flatMap((one) => {
    const parameter = named(all, one);
    return parameter && hasVersion(parameter, one) ? [{ parameter, selector: one.selector }] : [];
  });
  const known = asked.flatMap((one) => named(all, one) ?? []);
  const reads = asked.map(({ arn }) => ({ action: `ssm:${operation}`, resource: arn }));
  return {
    needs: [...reads, ...decryptNeeds(known, decrypt)],
    run: () => {
      const Parameters = found.map(({ parameter, selector }) => ({
        ...described(parameter, decrypt),
        ...(selector === undefined ? {} : { Selector: `:${selector}` }),
      }));
      if (operation === "GetParameters") {
        const isFound = (one: Asked): boolean => {
          const parameter = named(all, one);
          return parameter !== undefined && hasVersion(parameter, one);
        };
        const InvalidParameters = asked.filter((one) => !isFound(one)).map(({ given }) => given);
        return success({ Parameters, InvalidParameters });
      }
      const [one] = asked;
      if (one && known.length > 0 && Parameters.length === 0) throw noVersion(one);
      if (Parameters.length === 0) throw new ServiceError("ParameterNotFound", "");
      return success({ Parameter: Parameters[0] });
    },
  };
}

const noVersion = ({ name, selector = "" }: Asked): ServiceError =>
  new ServiceError(
    "ParameterVersionNotFound",
    /^\d+$/.test(selector)
      ? `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`
      : `Systems Manager could not find label ${selector} for parameter ${name}. Verify the label and try again.`,
  );

/** All versions of a parameter, of which the stack has one (Systems Manager API reference, GetParameterHistory). */
function history(parameters: Parameters, request: ServiceRequest, input: Input): Operation {
  const decrypt = input["WithDecryption"] === true;
  const asked = askedFor(textIn(input, "Name"), request);
  const parameter = asked.selector === undefined ? named(parameters(), asked) : undefined;
  const versions = parameter ? [parameter] : [];
  const { items, next } = pageOf(versions, mostIn(input, 50), optionalTextIn(input, "NextToken"), "InvalidNextToken");
  return {
    needs: [{ action: "ssm:GetParameterHistory", resource: asked.arn }, ...decryptNeeds(versions, decrypt)],
    run: () => {
      if (!parameter) throw new ServiceError("ParameterNotFound", "");
      const shown = items.map((each) => {
        const { ARN: _, ...rest } = described(each, decrypt);
        const key = each.keyArn ? { KeyId: each.keyArn } : {};
        return { ...rest, Labels: [], Tier: "Standard", Policies: [], ...key };
      });
      return success({ Parameters: shown, ...(next ? { NextToken: next } : {}) });
    },
  };
}

/** Parameter Store: reading by name, ARN or path. */
export function ssmService(parameters: () => readonly Parameter[]): Service {
  return {
    failure,
    operation: (request) => {
      const operation = targetOf(request);
      const members = Object.hasOwn(ssmMembers, operation) ? ssmMembers[operation] : undefined;
      if (!members) throw notEmulated("SSM", operation);
      const input = inputOf(request);
      checkMembers("SSM", operation, input, members);
      if (operation === "GetParametersByPath") return byPath(parameters, request, input);
      if (operation === "DescribeParameters") return describe(parameters, input);
      if (operation === "GetParameterHistory") return history(parameters, request, input);
      return get(parameters, request, input, operation);
    },
  };
}

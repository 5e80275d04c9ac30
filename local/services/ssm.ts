import { parameterArn, parseArn } from "../../aws/arn";
import { ssmLimits } from "../../aws/limits";
import type { Parameter } from "../read/parameter-definition";
import { type Input, inputOf, jsonProtocol, targetOf, textIn } from "./json-protocol";
import { viaService } from "./key-use";
import { type Need, notPlayed, type Service, ServiceError, type ServiceRequest } from "./service";

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

/** Parameter Store: reading by name or ARN. */
export function ssmService(parameters: () => readonly Parameter[]): Service {
  const find = (arn: string) => parameters().find((parameter) => parameter.arn === arn);
  const asked = (request: ServiceRequest, input: Input, operation: string) =>
    namesIn(input, operation).map((name) => ({ name, arn: askedArn(name, request) }));
  return {
    failure,
    operation: (request) => {
      const operation = targetOf(request);
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

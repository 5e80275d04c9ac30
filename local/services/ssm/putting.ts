import { ssmLimits } from "../../../aws/limits";
import type { Key } from "../../read/keys";
import { type Input, jsonProtocol, optionalTextIn, textIn } from "../json-protocol";
import { viaService } from "../key-use";
import { notEmulated, type Operation, ServiceError, type ServiceRequest } from "../service";
import { checkAgainst } from "./allowed-pattern";
import { checkNew, constraint, invalid, nameToChange } from "./names";
import { mostVersions, type Parameters } from "./parameters";
import { latestOf, tierOf, type Version, type Versioned } from "./version";

const { success } = jsonProtocol("1.1");

const types = ["SecureString", "StringList", "String"];
const tiers = ["Standard", "Advanced", "Intelligent-Tiering"];

function oneOf(input: Input, member: string, allowed: readonly string[]): string | undefined {
  const value = optionalTextIn(input, member);
  if (value === undefined || allowed.includes(value)) return value;
  const place = `${member.charAt(0).toLowerCase()}${member.slice(1)}`;
  throw invalid(
    `1 validation error detected: Value '${value}' at '${place}' failed to satisfy constraint: Member must satisfy enum value set: [${allowed.join(", ")}]`,
  );
}

function shortIn(input: Input, member: string): string | undefined {
  const value = optionalTextIn(input, member);
  if (value === undefined || value.length <= ssmLimits.descriptionCharacters) return value;
  throw constraint(
    `${member.charAt(0).toLowerCase()}${member.slice(1)}`,
    `Member must have length less than or equal to ${ssmLimits.descriptionCharacters}`,
  );
}

function valueIn(input: Input): string {
  const value = optionalTextIn(input, "Value");
  if (value === undefined || value === "") {
    throw constraint("value", "Member must have length greater than or equal to 1");
  }
  // Not by a pattern, which goes over the rest again from each brace of a long row.
  const opened = value.indexOf("{{");
  if (opened >= 0 && value.includes("}}", opened + 2)) {
    throw invalid('Parameter value can\'t nest another parameter. Do not use "{{}}" in the value.');
  }
  return value;
}

function checkDataType(input: Input): void {
  const type = optionalTextIn(input, "DataType") ?? "text";
  if (type === "text") return;
  if (/^[a-z0-9-]+(:[a-z0-9-]+)*$/.test(type)) throw notEmulated("SSM", `DataType ${type} of PutParameter`);
  throw invalid(`The following data type is not supported: ${type} (Data type names are all lowercase.)`);
}

/** The key of one's own that is to encrypt; none where it is AWS's. @throws ServiceError `InvalidKeyId` */
function keyIn(input: Input, type: string | undefined, keys: readonly Key[]): string | undefined {
  const id = optionalTextIn(input, "KeyId");
  if (id === undefined) return undefined;
  if (type !== undefined && type !== "SecureString") {
    throw invalid("KeyId is required for SecureString type parameter only.");
  }
  if (/(^|:)alias\/aws\/ssm$/.test(id)) return undefined;
  const key = keys.find(({ names }) => names.includes(id));
  if (key) return key.arn;
  throw new ServiceError("InvalidKeyId", `The key ${id} is not in the stacks.`);
}

/** @throws ServiceError when the tier can't hold it */
function checkTier(tier: string, value: string, before: Version | undefined): void {
  const size = Buffer.byteLength(value);
  if (tier === "Standard" && before?.tier === "Advanced") {
    throw invalid(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter.",
    );
  }
  if (tier === "Standard" && size > ssmLimits.standardValueBytes) {
    throw invalid(
      `Standard tier parameters support a maximum parameter value of ${ssmLimits.standardValueBytes} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html`,
    );
  }
  if (size > ssmLimits.advancedValueBytes) {
    throw invalid(
      `Advanced tier parameters support a maximum parameter value of ${ssmLimits.advancedValueBytes} characters.`,
    );
  }
}

/** The versions before a new one: the oldest goes once there are too many. @throws ServiceError when it has a label */
function room({ name, versions }: Versioned): readonly Version[] {
  if (versions.length < mostVersions) return versions;
  const [oldest, ...others] = versions;
  if (oldest.labels.length === 0) return others;
  throw new ServiceError(
    "ParameterMaxVersionLimitExceeded",
    `You attempted to create a new version of ${name} by calling the PutParameter API with the overwrite flag. Version ${oldest.version}, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.`,
  );
}

/** What a new version keeps of the one before, unless it says otherwise itself. */
function keptOf(before: Version | undefined, input: Input) {
  const description = shortIn(input, "Description") ?? before?.description;
  const allowedPattern = shortIn(input, "AllowedPattern") ?? before?.allowedPattern;
  return {
    ...(description === undefined ? {} : { description }),
    ...(allowedPattern === undefined ? {} : { allowedPattern }),
  };
}

/**
 * Makes a parameter, or another version of it (Systems Manager API reference, PutParameter).
 *
 * Needs `kms:Encrypt` for a SecureString under a key of one's own, and `kms:GenerateDataKey` in the advanced tier
 * (Systems Manager user guide, "AWS KMS encryption for AWS Systems Manager Parameter Store SecureString parameters").
 */
export function put(
  { parameters, keys }: { readonly parameters: Parameters; readonly keys: readonly Key[] },
  request: ServiceRequest,
  input: Input,
): Operation {
  const asked = nameToChange(textIn(input, "Name"), request);
  checkNew(asked);
  const { name, arn } = asked;
  const overwrite = input["Overwrite"] === true;
  const [value, given] = [valueIn(input), oneOf(input, "Type", types)];
  checkDataType(input);
  const parameter = parameters.byName(name);
  const before = parameter && latestOf(parameter);
  const type = given ?? before?.type;
  // Who leaves the tier out leaves an advanced parameter what it is.
  const tier = tierOf(oneOf(input, "Tier", tiers) ?? before?.tier ?? "Standard", value);
  const chosen =
    tier === "Standard" && before?.tier === "Advanced" && input["Tier"] !== "Standard" ? before.tier : tier;
  const key = keyIn(input, type, keys);
  const kept = keptOf(before, input);
  const action = chosen === "Advanced" ? "kms:GenerateDataKey" : "kms:Encrypt";
  const context = { PARAMETER_ARN: arn };
  return {
    needs: [
      { action: "ssm:PutParameter", resource: arn, contextKeys: { "ssm:overwrite": String(overwrite) } },
      ...(key === undefined ? [] : [viaService("ssm", { action, keyArn: key, context })]),
    ],
    run: () => {
      if (before && !overwrite) {
        throw new ServiceError(
          "ParameterAlreadyExists",
          "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
        );
      }
      if (type === undefined) throw invalid("A parameter type is required when you create a parameter.");
      if (before && type !== before.type) {
        throw new ServiceError(
          "HierarchyTypeMismatchException",
          `Parameter Store doesn't support changing a parameter's type: ${name} is a ${before.type}, and can't become a ${type}.`,
        );
      }
      checkTier(chosen, value, before);
      if (kept.allowedPattern !== undefined) checkAgainst(kept.allowedPattern, value);
      const next: Version = {
        ...{
          version: (before?.version ?? 0) + 1,
          type,
          value,
          tier: chosen,
          modifiedAt: Date.now() / 1000,
          labels: [],
        },
        ...kept,
        ...(key === undefined ? {} : { keyArn: key }),
      };
      const [first = next, ...rest] = parameter ? [...room(parameter), next] : [next];
      parameters.set({ name, arn, versions: [first, ...rest] });
      return success({ Version: next.version, Tier: chosen });
    },
  };
}

import { ssmLimits } from "../../../aws/limits";
import { type Input, jsonProtocol, textIn, textsIn } from "../json-protocol";
import { type Operation, ServiceError, type ServiceRequest } from "../service";
import { constraint, nameToChange, notFound, noVersion } from "./names";
import type { Parameters } from "./parameters";
import { latestOf, type Version, type Versioned } from "./version";

const { success } = jsonProtocol("1.1");

/** Letters, digits and `.-_`; not first a digit, `aws` or `ssm` (Systems Manager user guide, "Working with parameter labels"). */
const isLabel = (label: string): boolean => /^(?!aws|ssm|\d)[\w.-]+$/i.test(label);

function labelsIn(input: Input): readonly string[] {
  const labels = [...new Set(textsIn(input, "Labels"))];
  const { labelsPerVersion, labelCharacters } = ssmLimits;
  if (labels.length < 1 || labels.length > labelsPerVersion) {
    throw constraint("labels", `Member must have length between 1 and ${labelsPerVersion}`);
  }
  if (labels.some((label) => label.length < 1 || label.length > labelCharacters)) {
    throw constraint(
      "labels",
      `Member must satisfy constraint: [Member must have length less than or equal to ${labelCharacters}, Member must have length greater than or equal to 1]`,
    );
  }
  return labels;
}

function numberIn(input: Input): number | undefined {
  const number = input["ParameterVersion"] ?? undefined;
  if (number === undefined || typeof number === "number") return number;
  throw new ServiceError("SerializationException", "ParameterVersion is no number");
}

/** @throws ServiceError when the version is not there; the latest where none is asked for */
function versionIn({ name, versions }: Versioned, number: number): Version {
  const version = versions.find((one) => one.version === number);
  if (version) return version;
  throw noVersion({ name, selector: String(number) });
}

/** The parameter with other labels at its versions. */
function relabelled(parameter: Versioned, labelsOf: (version: Version) => readonly string[]): Versioned {
  const [first, ...rest] = parameter.versions;
  const change = (version: Version): Version => ({ ...version, labels: labelsOf(version) });
  return { ...parameter, versions: [change(first), ...rest.map(change)] };
}

/** Puts labels on a version, and takes them off the others (Systems Manager API reference, LabelParameterVersion). */
export function label(parameters: Parameters, request: ServiceRequest, input: Input): Operation {
  const { name, arn } = nameToChange(textIn(input, "Name"), request);
  const [labels, number] = [labelsIn(input), numberIn(input)];
  return {
    needs: [{ action: "ssm:LabelParameterVersion", resource: arn }],
    run: () => {
      const parameter = parameters.byName(name);
      if (!parameter) throw notFound();
      const target = versionIn(parameter, number ?? latestOf(parameter).version);
      const added = labels.filter(isLabel);
      const together = [...new Set([...target.labels, ...added])];
      if (together.length > ssmLimits.labelsPerVersion) {
        throw new ServiceError(
          "ParameterVersionLabelLimitExceeded",
          `A parameter version can have maximum ${ssmLimits.labelsPerVersion} labels. Move one or more labels to another version and try again.`,
        );
      }
      if (added.length > 0) {
        parameters.set(
          relabelled(parameter, (version) =>
            version.version === target.version ? together : version.labels.filter((one) => !added.includes(one)),
          ),
        );
      }
      const InvalidLabels = labels.filter((one) => !isLabel(one));
      return success({ InvalidLabels, ParameterVersion: target.version });
    },
  };
}

/** Takes labels off a version (Systems Manager API reference, UnlabelParameterVersion). */
export function unlabel(parameters: Parameters, request: ServiceRequest, input: Input): Operation {
  const { name, arn } = nameToChange(textIn(input, "Name"), request);
  const [labels, number] = [labelsIn(input), numberIn(input)];
  if (number === undefined) throw constraint("parameterVersion", "Member must not be null");
  return {
    needs: [{ action: "ssm:UnlabelParameterVersion", resource: arn }],
    run: () => {
      const parameter = parameters.byName(name);
      if (!parameter) throw notFound();
      const target = versionIn(parameter, number);
      const [RemovedLabels, InvalidLabels] = [true, false].map((has) =>
        labels.filter((one) => target.labels.includes(one) === has),
      );
      const left = target.labels.filter((one) => !labels.includes(one));
      if (left.length < target.labels.length) {
        parameters.set(
          relabelled(parameter, (version) => (version.version === target.version ? left : version.labels)),
        );
      }
      return success({ RemovedLabels, InvalidLabels });
    },
  };
}

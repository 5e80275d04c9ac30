import { ssmLimits } from "../../../aws/limits";
import type { Parameter } from "../../read/parameter-definition";

/** A version of a parameter. */
export interface Version {
  readonly version: number;
  /** `String`, `StringList` or `SecureString`. */
  readonly type: string;
  readonly value: string;
  /** `Standard` or `Advanced`. */
  readonly tier: string;
  /** In seconds since 1970. */
  readonly modifiedAt: number;
  readonly labels: readonly string[];
  readonly description?: string;
  /** What the values of later versions have to match, too. */
  readonly allowedPattern?: string;
  /** The key of its own that a SecureString is encrypted with. Then a reader must be allowed to decrypt, too. */
  readonly keyArn?: string;
}

/** A parameter with the versions that are kept of it, the oldest first. */
export interface Versioned {
  readonly name: string;
  readonly arn: string;
  readonly versions: readonly [Version, ...Version[]];
}

/** The version that who asks for none gets. */
export const latestOf = ({ versions }: Versioned): Version => versions.at(-1) ?? versions[0];

/** The version that a stack's definition makes. */
export function versionOf(definition: Parameter, modifiedAt: number): Version {
  const { type, value, version, tier = "Standard", description, allowedPattern, keyArn } = definition;
  return {
    ...{ version, type, value, modifiedAt, labels: [] },
    tier: tierOf(tier, value),
    ...(description === undefined ? {} : { description }),
    ...(allowedPattern === undefined ? {} : { allowedPattern }),
    ...(keyArn === undefined ? {} : { keyArn }),
  };
}

/** The tier that Parameter Store chooses where it is left to it. */
export const tierOf = (asked: string, value: string): string =>
  asked === "Intelligent-Tiering"
    ? Buffer.byteLength(value) > ssmLimits.standardValueBytes
      ? "Advanced"
      : "Standard"
    : asked;

/** A version as it is read. */
export function described({ name, arn }: Versioned, version: Version, decrypt: boolean) {
  const { type, value, modifiedAt } = version;
  const shown = type === "SecureString" && !decrypt ? Buffer.from(`encrypted ${name}`).toString("base64") : value;
  return {
    ...{ ARN: arn, DataType: "text", LastModifiedDate: modifiedAt, Name: name, Type: type },
    ...{ Value: shown, Version: version.version },
  };
}

/** What is known of a version besides its value. */
export function detailsOf({ type, tier, keyArn, description, allowedPattern }: Version) {
  return {
    ...{ Tier: tier, Policies: [] },
    ...(type === "SecureString" ? { KeyId: keyArn ?? "alias/aws/ssm" } : {}),
    ...(description === undefined ? {} : { Description: description }),
    ...(allowedPattern === undefined ? {} : { AllowedPattern: allowedPattern }),
  };
}

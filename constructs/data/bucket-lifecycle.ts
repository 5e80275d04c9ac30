import type { S3BucketLifecycleConfigurationRule } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { between, type Rule } from "../synth/validation";

/** Transitions and expiration of the objects under a prefix, in days. */
export interface LifecycleRule {
  readonly prefix: string;
  /** Whether it is for objects without a byte alone. @default objects of any size */
  readonly emptyOnly?: boolean;
  /** At least 30: S3 moves nothing there earlier. @default never */
  readonly infrequentAccessDays?: number;
  /** At least 30 after infrequent access. @default never */
  readonly glacierDays?: number;
  readonly expirationDays: number;
}

/** Moves and ends the objects under a prefix. */
export function agingRule(rule: LifecycleRule): S3BucketLifecycleConfigurationRule {
  const { prefix, emptyOnly = false, infrequentAccessDays, glacierDays, expirationDays } = rule;
  const transition = [
    { days: infrequentAccessDays, storageClass: "STANDARD_IA" },
    { days: glacierDays, storageClass: "GLACIER" },
  ].flatMap(({ days, storageClass }) => (days === undefined ? [] : [{ days, storageClass }]));
  return {
    id: `age-${prefix.replaceAll("/", "-").replace(/-$/, "") || "all"}`,
    status: "Enabled",
    filter: [emptyOnly ? { and: [{ prefix, objectSizeLessThan: 1 }] } : { prefix }],
    ...(transition.length > 0 ? { transition } : {}),
    expiration: [{ days: expirationDays }],
  };
}

/** Ends old versions, and what is left of uploads and deletions. */
export function cleaningRule(oldVersionDays: number): S3BucketLifecycleConfigurationRule {
  return {
    id: "clean-up",
    status: "Enabled",
    filter: [{ prefix: "" }],
    noncurrentVersionExpiration: [{ noncurrentDays: oldVersionDays }],
    expiration: [{ expiredObjectDeleteMarker: true }],
    abortIncompleteMultipartUpload: [{ daysAfterInitiation: 7 }],
  };
}

/** S3's rules on the days of a lifecycle. */
export function lifecycleRules({ prefix, infrequentAccessDays, glacierDays, expirationDays }: LifecycleRule): Rule[] {
  const earliestGlacier = (infrequentAccessDays ?? 0) + (infrequentAccessDays === undefined ? 0 : 30);
  return [
    ...(infrequentAccessDays === undefined
      ? []
      : [between(`${prefix} infrequentAccessDays`, infrequentAccessDays, [30, expirationDays - 1])]),
    ...(glacierDays === undefined
      ? []
      : [between(`${prefix} glacierDays`, glacierDays, [earliestGlacier, expirationDays - 1])]),
    between(`${prefix} expirationDays`, expirationDays, [1, 36_500]),
  ];
}

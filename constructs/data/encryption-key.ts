import type { AllowStatement } from "../../aws/policy";

/** The services that a key can encrypt for, and so its users. */
export type KeyUse = "environment" | "topic" | "alarmTopic" | "bucket" | "logGroup" | "parameter";

/** A key as those see it who use it. */
export interface EncryptionKey {
  readonly arn: string;
  /** By which people find it: `alias/data-processor-dev-key`. */
  readonly alias: string;
  /** Has the key's policy admit a use of these things: ARNs composed of names, or key and thing would form a circle. */
  admit(use: KeyUse, arns: readonly string[]): void;
}

/** By use: where AWS says, in the encryption context that it passes with every call, what a call is for. */
export const encryptionContexts: Readonly<Record<KeyUse, string>> = {
  environment: "kms:EncryptionContext:aws:lambda:FunctionArn",
  topic: "kms:EncryptionContext:aws:sns:topicArn",
  alarmTopic: "kms:EncryptionContext:aws:sns:topicArn",
  bucket: "kms:EncryptionContext:aws:s3:arn",
  logGroup: "kms:EncryptionContext:aws:logs:arn",
  parameter: "kms:EncryptionContext:PARAMETER_ARN",
};

/** Statement that lets a role use a key for one resource alone. */
export const keyStatement = (
  keyArn: string,
  use: KeyUse,
  {
    arns,
    actions,
  }: { readonly arns: readonly string[]; readonly actions: readonly ("kms:Decrypt" | "kms:GenerateDataKey")[] },
): AllowStatement => ({
  actions,
  resources: [keyArn],
  conditions: { ArnLike: { [encryptionContexts[use]]: arns } },
});

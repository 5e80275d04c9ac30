import { KmsAlias } from "@cdktf/provider-aws/lib/kms-alias";
import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Lazy } from "cdktf";
import { Construct } from "constructs";
import { accountArn } from "../../aws/arn";
import { policyDocument, type Statement } from "../../aws/policy";
import { StackContext } from "../synth/stack-context";
import { type EncryptionKey, encryptionContexts, type KeyUse } from "./encryption-key";

/** All that keeps a key and its policy in order, and nothing that encrypts or decrypts. */
const administration = [
  ...["kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey"],
  ...["kms:DisableKeyRotation", "kms:EnableKey", "kms:EnableKeyRotation", "kms:GetKeyPolicy"],
  ...["kms:GetKeyRotationStatus", "kms:ListGrants", "kms:ListKeyPolicies", "kms:ListKeyRotations"],
  ...["kms:ListResourceTags", "kms:PutKeyPolicy", "kms:RevokeGrant", "kms:RotateKeyOnDemand"],
  ...["kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias"],
  "kms:UpdateKeyDescription",
];

interface Use {
  /** An AWS service of its own right. @default whoever in the account is allowed to by a policy of theirs */
  readonly service?: string;
  /** The service through which alone the account's principals use the key: `s3`. @default any */
  readonly via?: string;
  readonly actions: readonly string[];
}

/** In the order of the policy's statements; AWS's documentation names the actions for each. */
const uses: Readonly<Record<KeyUse, Use>> = {
  // Who deploys has Lambda make a grant for the function's role. At a cold start nothing says that Lambda is between.
  environment: { actions: ["kms:CreateGrant", "kms:Decrypt", "kms:Encrypt"] },
  topic: { via: "sns", actions: ["kms:Decrypt", "kms:GenerateDataKey"] },
  alarmTopic: { service: "cloudwatch.amazonaws.com", actions: ["kms:Decrypt", "kms:GenerateDataKey"] },
  bucket: { via: "s3", actions: ["kms:Decrypt", "kms:GenerateDataKey"] },
  logGroup: {
    service: "logs",
    actions: [
      ...["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
      ...["kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"],
    ],
  },
  parameter: { via: "ssm", actions: ["kms:Decrypt", "kms:Encrypt"] },
};

/**
 * A KMS key of one's own, rotated every year. Its policy admits each user for what it is there for, and the account's
 * administrators, who can't read what it encrypts. The policy comes with the key: nothing can be encrypted before the
 * policy allows it.
 *
 * @example
 * new SystemStack(app, {
 *   ...{ system: "things", environment, region: "us-east-1" },
 *   encryptionKey: (stack) => new Key(stack, "key"),
 * });
 */
export class Key extends Construct implements EncryptionKey {
  readonly arn: string;
  readonly alias: string;
  private readonly admitted = new Map<KeyUse, Set<string>>();

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const stack = StackContext.of(this);
    const { deletionProtection } = stack.environment;
    const key = new KmsKey(this, "Default", {
      description: `Encrypts what ${stack.id} keeps`,
      enableKeyRotation: true,
      // How long a deleted key can be brought back: the most there is, or the least.
      deletionWindowInDays: deletionProtection ? 30 : 7,
      policy: Lazy.stringValue({ produce: () => this.policy() }),
    });
    const alias = new KmsAlias(this, "alias", { name: `alias/${stack.nameOf(this)}`, targetKeyId: key.id });
    this.arn = key.arn;
    this.alias = alias.name;
  }

  admit(use: KeyUse, arns: readonly string[]): void {
    this.admitted.set(use, new Set([...(this.admitted.get(use) ?? []), ...arns]));
  }

  private policy(): string {
    const admins: Statement = {
      principals: [this.account()],
      actions: administration,
      resources: ["*"],
    };
    const admitted = (Object.keys(uses) as KeyUse[]).filter((use) => this.admitted.has(use));
    return policyDocument([admins, ...admitted.map((use) => this.statement(use))]);
  }

  /** Statement for principals of the account whose own policies allow it. */
  private account(): string {
    const stack = StackContext.of(this);
    return accountArn(stack.accountId, stack.partition);
  }

  /** In a key's own policy, `*` is the key. */
  private statement(use: KeyUse): Statement {
    const stack = StackContext.of(this);
    const { region, accountId } = stack;
    const { service, via, actions } = uses[use];
    const principal = service === "logs" ? `logs.${region}.amazonaws.com` : service;
    const through = via === undefined ? {} : { "kms:ViaService": `${via}.${region}.amazonaws.com` };
    // A log group's service is confined by its ARNs, which name the account; alarms say whose they are, too.
    const isForAlarms = use === "alarmTopic";
    const equal = { ...through, ...(isForAlarms ? { "aws:SourceAccount": accountId } : {}) };
    return {
      principals: [principal ?? this.account()],
      actions,
      resources: ["*"],
      conditions: {
        ...(Object.keys(equal).length > 0 ? { StringEquals: equal } : {}),
        ArnLike: {
          [encryptionContexts[use]]: [...(this.admitted.get(use) ?? [])].sort(),
          ...(isForAlarms ? { "aws:SourceArn": stack.arn("cloudwatch", `alarm:${stack.id}-*`) } : {}),
        },
      },
    };
  }
}

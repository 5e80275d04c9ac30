import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketCorsConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-cors-configuration";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import {
  S3BucketNotification,
  type S3BucketNotificationLambdaFunction,
} from "@cdktf/provider-aws/lib/s3-bucket-notification";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { dependable, type ITerraformDependable, Lazy, Token } from "cdktf";
import { Construct } from "constructs";
import { bucketArn } from "../../aws/arn";
import { inOrder, policyDocument, type Statement } from "../../aws/policy";
import type { NodeFunction } from "../compute/node-function";
import { permitService } from "../compute/service-permission";
import { StackContext } from "../synth/stack-context";
import { between, validate } from "../synth/validation";
import { agingRule, cleaningRule, type LifecycleRule, lifecycleRules } from "./bucket-lifecycle";
import { keyStatement } from "./encryption-key";

/** CORS for pages of the environment's origins that use presigned URLs. */
export interface BrowserAccess {
  readonly methods: readonly ("GET" | "PUT")[];
  /** Request headers that they send besides the harmless ones. */
  readonly headers: readonly string[];
}

export interface BucketProps {
  /**
   * Its name among all buckets of AWS. @default made of stack, path, account and region:
   * `records-dev-logs-000000000000-us-east-1`
   */
  readonly name?: string;
  /** When objects below a prefix expire, or move to a cheaper class. @default objects stay */
  readonly lifecycle?: readonly LifecycleRule[];
  /** Days for which an overwritten or deleted version can be restored. @default 30 */
  readonly oldVersionDays?: number;
  /** Which pages may read and write it. @default none */
  readonly browserAccess?: BrowserAccess;
}

/** An S3 action that a function can be granted on objects. */
export type ObjectOperation = "GetObject" | "GetObjectVersion" | "PutObject" | "DeleteObject" | "DeleteObjectVersion";

/** Which new objects a function is called for. */
export interface ObjectFilter {
  /** The start of their keys: `incoming/`. @default any */
  readonly prefix?: string;
  /** The end of their keys: `.csv`. @default any */
  readonly suffix?: string;
}

/** Whether an object could be meant by both: S3 takes no two such. */
const overlap = (one: Required<ObjectFilter>, other: Required<ObjectFilter>): boolean =>
  (one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix)) &&
  (one.suffix.endsWith(other.suffix) || other.suffix.endsWith(one.suffix));

/** KMS actions that an S3 action needs, if the bucket has its own key: deleting needs none. */
const keyUses: Readonly<Record<ObjectOperation, "kms:Decrypt" | "kms:GenerateDataKey" | undefined>> = {
  GetObject: "kms:Decrypt",
  GetObjectVersion: "kms:Decrypt",
  PutObject: "kms:GenerateDataKey",
  DeleteObject: undefined,
  DeleteObjectVersion: undefined,
};

/**
 * A private bucket: versioned, encrypted, by TLS only, without ACLs.
 *
 * @example
 * const logs = new Bucket(this, "logs", { lifecycle: [{ prefix: "activity/", expirationDays: 365 }] });
 * logs.grant(getThing, "PutObject", "activity/*");
 */
export class Bucket extends Construct {
  readonly name: string;
  readonly arn: string;
  readonly resource: S3Bucket;
  /** The key of one's own that objects are encrypted with. */
  readonly keyArn: string | undefined;
  private readonly admitted: Statement[] = [];
  private readonly called: (Required<ObjectFilter> & S3BucketNotificationLambdaFunction)[] = [];
  private notification: S3BucketNotification | undefined;
  private readonly policy: S3BucketPolicy;

  constructor(scope: Construct, id: string, props: BucketProps = {}) {
    super(scope, id);
    const { name, lifecycle = [], oldVersionDays = 30, browserAccess } = props;
    const stack = StackContext.of(this);
    const bucketName = name ?? `${stack.nameOf(this).toLowerCase()}-${stack.accountId}-${stack.region}`;
    this.resource = new S3Bucket(this, "Default", {
      bucket: bucketName,
      forceDestroy: !stack.environment.deletionProtection,
    });
    this.keyArn = stack.encrypt("bucket", () => [bucketArn(bucketName, stack.partition)]);
    this.name = this.resource.bucket;
    this.arn = this.resource.arn;
    const bucket = this.resource.id;
    const versioning = new S3BucketVersioningA(this, "versioning", {
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket,
      rule: [
        this.keyArn
          ? {
              applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: this.keyArn },
              // One call for many objects, which all are under the same policy.
              bucketKeyEnabled: true,
            }
          : { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } },
      ],
    });
    this.policy = this.closeToThePublic(bucket);
    if (browserAccess) this.openToBrowsers(bucket, browserAccess);
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket,
      rule: [...lifecycle.map(agingRule), cleaningRule(oldVersionDays)],
      // S3 refuses rules about old versions while there can't be any.
      dependsOn: [versioning],
    });
    validate(this, () => [
      [
        Token.isUnresolved(bucketName) || bucketName.length <= 63,
        `the name must be at most 63 characters, got ${bucketName}; shorten the construct's id`,
      ],
      between("oldVersionDays", oldVersionDays, [1, 3650]),
      ...lifecycle.flatMap(lifecycleRules),
    ]);
  }

  /**
   * Lets a function make a call on the objects whose key matches: `activity/*`. A call that names a version takes a
   * right of its own, and not the other (S3 API reference, GetObject and DeleteObject: permissions).
   */
  grant(grantee: NodeFunction, operation: ObjectOperation, keyPattern: string): void {
    grantee.allow({ actions: [`s3:${operation}`], resources: [`${this.arn}/${keyPattern}`] });
    const use = keyUses[operation];
    if (this.keyArn && use) grantee.allow(keyStatement(this.keyArn, "bucket", { arns: [this.arn], actions: [use] }));
  }

  /**
   * Lets a function find out that an object is not there. Who may not list a bucket receives 403, as for what is
   * forbidden (S3 API reference, HeadObject: permissions).
   */
  grantList(grantee: NodeFunction): void {
    grantee.allow({ actions: ["s3:ListBucket"], resources: [this.arn] });
  }

  /** Lets a function list the versions of all objects, with the markers of deletions among them. */
  grantListVersions(grantee: NodeFunction): void {
    grantee.allow({ actions: ["s3:ListBucketVersions"], resources: [this.arn] });
  }

  /**
   * Calls a function for each object that is created, which may read it where that is granted. Objects that the function
   * puts itself must not be among them.
   */
  onCreated({ prefix = "", suffix = "" }: ObjectFilter, fn: NodeFunction): void {
    fn.takesEvents();
    const stack = StackContext.of(this);
    const permission = permitService(this, `created-${fn.node.id}-permission`, fn, {
      principal: "s3.amazonaws.com",
      sourceArn: this.arn,
      // A bucket's ARN does not say whose it is.
      sourceAccount: stack.accountId,
    });
    const filter = { prefix, suffix };
    const overlapping = this.called.find((other) => overlap(other, filter));
    this.called.push({
      ...filter,
      id: fn.node.id,
      lambdaFunctionArn: fn.live.resource.arn,
      events: ["s3:ObjectCreated:*"],
      ...(prefix === "" ? {} : { filterPrefix: prefix }),
      ...(suffix === "" ? {} : { filterSuffix: suffix }),
    });
    // A bucket has one configuration of all its notifications.
    this.notification ??= new S3BucketNotification(this, "notification", {
      bucket: this.resource.id,
      dependsOn: [this.policy],
    });
    this.notification.putLambdaFunction(this.called.map(({ prefix: _, suffix: __, ...called }) => called));
    this.notification.dependsOn = [...(this.notification.dependsOn ?? []), dependable(permission)];
    validate(this, () => [
      [
        overlapping === undefined,
        `onCreated must be given objects that no other call means, got ${prefix}*${suffix} beside ${overlapping?.prefix}*${overlapping?.suffix}; tell them apart, or have one function do both`,
      ],
    ]);
  }

  private openToBrowsers(bucket: string, { methods, headers }: BrowserAccess): void {
    const { corsOrigins } = StackContext.of(this).environment;
    // S3 takes no empty rule.
    if (corsOrigins.length === 0) return;
    new S3BucketCorsConfiguration(this, "browsers", {
      bucket,
      corsRule: [
        {
          allowedOrigins: [...corsOrigins],
          allowedMethods: [...methods],
          allowedHeaders: [...headers],
          exposeHeaders: ["ETag"],
          maxAgeSeconds: 600,
        },
      ],
    });
  }

  /**
   * Lets an AWS service write, which no role can: a statement of the bucket's own policy.
   *
   * @returns the policy, on which the configuration of the service depends
   */
  admit(statement: Statement): ITerraformDependable {
    this.admitted.push(statement);
    return this.policy;
  }

  /** One after the other: S3 turns away settings that arrive together. */
  private closeToThePublic(bucket: string): S3BucketPolicy {
    const ownership = new S3BucketOwnershipControls(this, "ownership", {
      bucket,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    const publicAccess = new S3BucketPublicAccessBlock(this, "public-access", {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
      dependsOn: [ownership],
    });
    const byTlsOnly: Statement = {
      effect: "Deny",
      principals: "*",
      actions: ["s3:*"],
      resources: [this.arn, `${this.arn}/*`],
      conditions: { Bool: { "aws:SecureTransport": "false" } },
    };
    return new S3BucketPolicy(this, "policy", {
      bucket,
      policy: Lazy.stringValue({
        produce: (context) => policyDocument([byTlsOnly, ...inOrder(context.resolve(this.admitted))]),
      }),
      dependsOn: [publicAccess],
    });
  }
}

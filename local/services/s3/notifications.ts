import { randomUUID } from "node:crypto";
import { bucketArn } from "../../../aws/arn";
import { steadyNow } from "../../lib/clock";
import type { BucketDefinition } from "../../read/bucket-definition";
import type { BucketNotification } from "../../read/bucket-notifications";
import type { Authorization } from "../authorization";
import type { ServiceEvent } from "../configuration";
import type { Invoke } from "../lambda/invoking";
import { ServiceError, type ServiceRequest } from "../service";
import type { ObjectHead } from "./object-file";

/** Operations that create an object, and the event of each (S3 User Guide, "Supported event types for SQS, SNS, and Lambda"). */
const eventNames: ReadonlyMap<string, string> = new Map([
  ["PutObject", "ObjectCreated:Put"],
  ["CopyObject", "ObjectCreated:Copy"],
  ["CompleteMultipartUpload", "ObjectCreated:CompleteMultipartUpload"],
]);

/** An object that an operation has created. */
export interface CreatedObject {
  readonly bucket: BucketDefinition;
  readonly operation: string;
  readonly head: ObjectHead;
  readonly request: ServiceRequest;
}

/** Those that want to know of an object that an operation creates. */
export function wanting(
  { notifications = [] }: Pick<BucketDefinition, "notifications">,
  operation: string,
  key: string,
): readonly BucketNotification[] {
  const name = eventNames.get(operation);
  if (name === undefined) return [];
  const isMeant = (event: string) => event === `s3:${name}` || event === "s3:ObjectCreated:*";
  return notifications.filter(
    ({ events, prefix, suffix }) => events.some(isMeant) && key.startsWith(prefix) && key.endsWith(suffix),
  );
}

/** As forms write it, which is how keys are in events (S3 User Guide, "Event message structure"). */
const encoded = (key: string): string =>
  encodeURIComponent(key)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+")
    .replace(/[!'()~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** Later events of an object have greater ones. */
const sequencer = (): string =>
  Math.floor(steadyNow() * 1000)
    .toString(16)
    .toUpperCase()
    .padStart(18, "0");

function eventOf({ bucket, operation, head, request }: CreatedObject, { id }: BucketNotification): string {
  const { region, roleArn } = request.caller;
  const record = {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: region,
    eventTime: new Date().toISOString(),
    eventName: eventNames.get(operation),
    userIdentity: { principalId: `AWS:${roleArn}` },
    requestParameters: { sourceIPAddress: "127.0.0.1" },
    responseElements: { "x-amz-request-id": randomUUID(), "x-amz-id-2": "local" },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: id,
      bucket: { name: bucket.name, ownerIdentity: { principalId: "local" }, arn: bucketArn(bucket.name) },
      object: {
        key: encoded(head.key),
        size: head.size,
        eTag: head.etag.replaceAll('"', ""),
        ...(head.versionId === undefined ? {} : { versionId: head.versionId }),
        sequencer: sequencer(),
      },
    },
  };
  return JSON.stringify({ Records: [record] });
}

/** Calls functions for objects that were created, of S3's own right. */
export class Notifications {
  constructor(
    private readonly on: {
      readonly authorization: Authorization;
      readonly invoke: Invoke;
      readonly emit: (event: ServiceEvent) => void;
    },
  ) {}

  /** Resolves when Lambda has every event. Whoever created the object sees nothing of a refusal. */
  async created(object: CreatedObject): Promise<void> {
    const { authorization, invoke, emit } = this.on;
    for (const notification of wanting(object.bucket, object.operation, object.head.key)) {
      const { functionArn } = notification;
      try {
        // A bucket's ARN does not say whose it is.
        const contextKeys = { "aws:sourceaccount": object.request.caller.accountId };
        const need = { action: "lambda:InvokeFunction", resource: functionArn, contextKeys };
        authorization.requireOfService("s3.amazonaws.com", bucketArn(object.bucket.name), [need]);
        if (await invoke(functionArn, eventOf(object, notification), true)) continue;
        emit({ event: "problem", message: `bucket ${object.bucket.name}: ${functionArn} is not in the stacks` });
      } catch (error) {
        // The denial was emitted.
        if (!(error instanceof ServiceError)) throw error;
      }
    }
  }
}

import { createHash, createHmac } from "node:crypto";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import { SignatureV4 } from "@smithy/signature-v4";

/** A record of a table's stream, in the protocol's JSON. */
export interface StreamRecord {
  readonly dynamodb: { readonly SequenceNumber: string };
  readonly userIdentity?: { readonly PrincipalId: string; readonly Type: string };
}

/** SHA-256 as the signer wants it. */
class Sha256 {
  private readonly hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = secret as string | NodeJS.ArrayBufferView | undefined;
    this.hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
  }

  update(data: string | Uint8Array): void {
    this.hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {
    throw new Error("each text that is signed has a hash of its own");
  }
}

/** An error of DynamoDB Streams: `TrimmedDataAccessException`. */
export class StreamError extends Error {
  override readonly name: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = type;
  }
}

/** How often it is read on for the last record, since a page may have none. */
const MOST_PAGES = 100;
const LONGEST_MS = 30_000;

/** Reads DynamoDB Streams, for which no client of the SDK is here, with the credentials of one that is. */
export class Streams {
  constructor(private readonly config: LambdaClient["config"]) {}

  /** The records of a shard from one to another, both included. @throws StreamError */
  async read(streamArn: string, shardId: string, from: string, to: string): Promise<readonly StreamRecord[]> {
    const at = { ShardIteratorType: "AT_SEQUENCE_NUMBER", SequenceNumber: from };
    let { ShardIterator: next } = await this.call("GetShardIterator", {
      StreamArn: streamArn,
      ShardId: shardId,
      ...at,
    });
    const found: StreamRecord[] = [];
    for (let page = 0; typeof next === "string" && page < MOST_PAGES; page += 1) {
      const { Records, NextShardIterator } = await this.call("GetRecords", { ShardIterator: next });
      for (const record of Records as readonly StreamRecord[]) {
        if (BigInt(record.dynamodb.SequenceNumber) > BigInt(to)) return found;
        found.push(record);
        if (record.dynamodb.SequenceNumber === to) return found;
      }
      next = NextShardIterator;
    }
    return found;
  }

  private async call(operation: string, input: object): Promise<Readonly<Record<string, unknown>>> {
    const { config } = this;
    const region = await config.region();
    const endpoint =
      process.env["AWS_ENDPOINT_URL_DYNAMODB_STREAMS"] ??
      process.env["AWS_ENDPOINT_URL"] ??
      `https://streams.dynamodb.${region}.amazonaws.com`;
    const { protocol, hostname, host, port } = new URL(endpoint);
    const signer = new SignatureV4({ service: "dynamodb", region, credentials: config.credentials, sha256: Sha256 });
    const body = JSON.stringify(input);
    const headers = {
      ...{ host, "content-type": "application/x-amz-json-1.0" },
      "x-amz-target": `DynamoDBStreams_20120810.${operation}`,
    };
    const place = { protocol, hostname, path: "/", query: {}, ...(port === "" ? {} : { port: Number(port) }) };
    const signed = await signer.sign({ method: "POST", ...place, headers, body });
    const signal = AbortSignal.timeout(LONGEST_MS);
    const response = await fetch(endpoint, { method: "POST", headers: signed.headers, body, signal });
    const answer = (await response.json()) as Readonly<Record<string, unknown>>;
    if (response.ok) return answer;
    const type = String(answer["__type"] ?? response.status).replace(/^.*#/, "");
    throw new StreamError(type, String(answer["message"] ?? answer["Message"] ?? "for no stated reason"));
  }
}

import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { credentials, region } from "./services";

/** SHA-256 as the signer wants it. */
class Sha256 {
  private readonly hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as string);
  }

  update(data: string | Uint8Array): void {
    this.hash.update(data);
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}

/** An answer of a service, by HTTP. */
export interface Said {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A request. */
export interface Asked {
  /** @default POST */
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body: string;
  /** A body sent in place of the signed one. @default the same */
  readonly sent?: string;
  /** When it was signed. @default now */
  readonly signingDate?: Date;
  /** Who asks. @default the tests' function */
  readonly by?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The library that the SDK signs with, as it is for a service: S3's paths are signed as they are sent. */
export const signerFor = (service: string, by: NonNullable<Asked["by"]> = credentials): SignatureV4 =>
  // biome-ignore lint/suspicious/noExplicitAny: the signer's type of a hash takes more than a hash needs
  new SignatureV4({ service, region, credentials: by, sha256: Sha256 as any, uriEscapePath: service !== "s3" });

/** Asks a service as its SDK would: signed by the library that the SDK signs with. */
export async function ask(url: string, service: string, request: Asked): Promise<Said> {
  const { hostname, port } = new URL(url);
  const {
    method = "POST",
    path = "/",
    query = {},
    headers = {},
    body,
    sent = body,
    signingDate = new Date(),
    by = credentials,
  } = request;
  const signed = await signerFor(service, by).sign(
    {
      method,
      protocol: "http:",
      hostname,
      port: Number(port),
      path,
      query,
      headers: { host: `${hostname}:${port}`, ...headers },
      body,
    },
    { signingDate },
  );
  const asked = `${path}${Object.keys(query).length > 0 ? `?${new URLSearchParams(query)}` : ""}`;
  const response = await fetch(`${url}${asked}`, {
    method,
    headers: signed.headers,
    ...(method === "GET" || method === "HEAD" ? {} : { body: sent }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** One of SQS's operations. */
export async function sqs(url: string, operation: string, input: object) {
  const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": `AmazonSQS.${operation}` };
  const { status, text, headers: got } = await ask(url, "sqs", { headers, body: JSON.stringify(input) });
  return { status, error: got.get("x-amzn-query-error"), body: JSON.parse(text) };
}

import { createHash, createHmac } from "node:crypto";
import type { Credentials } from "../../iam/credentials";
import type { HttpCall } from "./http-call";

/** The scope of a signature. */
interface Scope {
  readonly service: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const sha256 = (data: Uint8Array | string): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: Uint8Array | string, text: string): Buffer => createHmac("sha256", key).update(text).digest();

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/** A request with a signature of version 4 (IAM user guide, "Create a signed AWS API request"). */
export function signed(call: HttpCall, { service, region, credentials, now }: Scope): HttpCall {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  const own: readonly (readonly [string, string])[] = [
    ["host", call.url.host],
    ["x-amz-content-sha256", sha256(call.body)],
    ["x-amz-date", time],
    ["x-amz-security-token", credentials.sessionToken],
  ];
  const names = own.map(([name]) => name).join(";");
  // S3 signs a path as it is sent, the others encode it once more.
  const { pathname } = call.url;
  const path = service === "s3" ? pathname : pathname.split("/").map(encode).join("/");
  const query = [...call.url.searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const headers = own.map(([name, value]) => `${name}:${value}\n`).join("");
  const canonical = [call.method, path, query.join("&"), headers, names, sha256(call.body)].join("\n");
  const scope = [time.slice(0, 8), region, service, "aws4_request"];
  const key = scope.reduce<Buffer | string>(hmac, `AWS4${credentials.secretAccessKey}`);
  const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope.join("/"), sha256(canonical)].join("\n")).toString(
    "hex",
  );
  const credential = `Credential=${[credentials.accessKeyId, ...scope].join("/")}`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`;
  const added = [...own, ["Authorization", authorization]].flat();
  return { ...call, headers: [...call.headers, ...added] };
}

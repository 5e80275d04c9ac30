import { createHmac, hash, timingSafeEqual } from "node:crypto";

/** A request as it came over the wire. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** A signature before it is checked. */
export interface Claim {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly time: string;
  /** Session token of temporary credentials. */
  readonly sessionToken: string;
  /** Whether it is in the query string: a URL that was signed ahead, for so many seconds. */
  readonly presignedSeconds: number | undefined;
}

const sha256 = (data: Uint8Array | string): string => hash("sha256", data);
const hmac = (key: Uint8Array | string, text: string): Buffer => createHmac("sha256", key).update(text).digest();

const one = (value: string | string[] | undefined): string => (Array.isArray(value) ? value.join(",") : (value ?? ""));

function claim(
  fields: Readonly<Record<string, string | undefined>>,
  { time, sessionToken, presignedSeconds }: Pick<Claim, "time" | "sessionToken" | "presignedSeconds">,
): Claim | undefined {
  const [accessKeyId, date, region, service, end] = (fields["Credential"] ?? "").split("/");
  const { SignedHeaders: signedHeaders = "", Signature: signature = "" } = fields;
  if (!accessKeyId || !date || !region || !service || end !== "aws4_request" || !signature) return undefined;
  const names = signedHeaders.split(";");
  const scope = { accessKeyId, date, region, service };
  return { ...scope, signedHeaders: names, signature, time, sessionToken, presignedSeconds };
}

/** The claim in a request's Authorization header or query string, if there is a well-formed one. */
export function readClaim({ url, headers }: SignedRequest): Claim | undefined {
  const authorization = one(headers["authorization"]);
  if (authorization.startsWith("AWS4-HMAC-SHA256 ")) {
    const pairs = authorization.slice("AWS4-HMAC-SHA256 ".length).split(/,\s*/);
    const fields = Object.fromEntries(
      pairs.map((pair) => [pair.split("=")[0] ?? "", pair.slice(pair.indexOf("=") + 1)]),
    );
    const sessionToken = one(headers["x-amz-security-token"]);
    return claim(fields, { time: one(headers["x-amz-date"]), sessionToken, presignedSeconds: undefined });
  }
  const query = new URLSearchParams(url.split("?")[1] ?? "");
  if (query.get("X-Amz-Algorithm") !== "AWS4-HMAC-SHA256") return undefined;
  const fields = Object.fromEntries(
    ["Credential", "SignedHeaders", "Signature"].map((name) => [name, query.get(`X-Amz-${name}`) ?? undefined]),
  );
  return claim(fields, {
    time: query.get("X-Amz-Date") ?? "",
    sessionToken: query.get("X-Amz-Security-Token") ?? "",
    presignedSeconds: Number(query.get("X-Amz-Expires") || Number.NaN),
  });
}

/** Whether a request is signed as S3 once took it: `Authorization: AWS <id>:<signature>`, or the same in a URL. */
export function hasOldSignature({ url, headers }: Pick<SignedRequest, "url" | "headers">): boolean {
  if (one(headers["authorization"]).startsWith("AWS ")) return true;
  const query = new URLSearchParams(url.split("?")[1] ?? "");
  return ["AWSAccessKeyId", "Signature", "Expires"].every((name) => query.has(name));
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** The parameters by their names, and those of one name by their values: `a` comes before `a-b`, though `a=` comes after it. */
function canonicalQuery(url: string): string {
  const [, query = ""] = url.split("?");
  if (query === "") return "";
  const pairs = [...new URLSearchParams(query.replaceAll("+", "%2B"))];
  return pairs
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([oneName, oneValue], [name, value]) => compare(oneName, name) || compare(oneValue, value))
    .map((pair) => pair.join("="))
    .join("&");
}

/** S3 signs the path as it is sent, the others encode it once more. */
function canonicalPath(path: string, service: string): string {
  return service === "s3" ? path : path.split("/").map(encode).join("/");
}

/**
 * The hash of the body that the signature is of. Only S3 takes one that is not signed (API reference, "Authenticating Requests:
 * Using the Authorization Header", Overview); a hash that comes with the request is not believed.
 */
function payloadHash({ service, presignedSeconds }: Claim, { headers, body }: SignedRequest): string {
  const declared = one(headers["x-amz-content-sha256"]);
  if (service !== "s3") return sha256(body);
  if (declared === "UNSIGNED-PAYLOAD" || (presignedSeconds !== undefined && declared === "")) return "UNSIGNED-PAYLOAD";
  return declared.startsWith("STREAMING-") ? declared : sha256(body);
}

const signingKeys = new Map<string, Buffer>();
/** A day needs one for each function and service. What callers claim to have signed for may be anything. */
const MOST_KEYS = 1000;

function signingKey(secret: string, { date, region, service }: Claim): Buffer {
  const name = [secret, date, region, service].join("/");
  const known = signingKeys.get(name);
  if (known) return known;
  const key = [region, service, "aws4_request"].reduce<Buffer>(hmac, hmac(`AWS4${secret}`, date));
  if (signingKeys.size >= MOST_KEYS) signingKeys.clear();
  signingKeys.set(name, key);
  return key;
}

/** Whether the request was signed with the secret, and not changed since. */
export function isGenuine(request: SignedRequest, claimed: Claim, secret: string): boolean {
  const { date, region, service, signedHeaders, signature, time } = claimed;
  const headerOf = (name: string): string => (Object.hasOwn(request.headers, name) ? one(request.headers[name]) : "");
  const headers = signedHeaders.map((name) => `${name}:${headerOf(name).trim().replace(/ +/g, " ")}\n`);
  const canonical = [
    request.method,
    canonicalPath(request.url.split("?")[0] ?? "/", service),
    canonicalQuery(request.url),
    headers.join(""),
    signedHeaders.join(";"),
    payloadHash(claimed, request),
  ].join("\n");
  const scope = [date, region, service, "aws4_request"].join("/");
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
  const expected = hmac(signingKey(secret, claimed), text);
  const given = Buffer.from(signature, "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

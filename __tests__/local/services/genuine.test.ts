import fc from "fast-check";
import { isGenuine, readClaim, type SignedRequest } from "../../../local/services/signature";
import { credentials } from "../support/services";
import { signerFor } from "../support/signed";

const secret = credentials.secretAccessKey;
const own = { ...credentials, sessionToken: "token/of+the=session" };

/** A request before it is signed: path and query as they were meant. */
interface Meant {
  readonly service: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const mark = fc.constantFrom(..."abc-_.~ +!'()*%&=/:é");
const name = fc.string({ unit: mark, minLength: 1, maxLength: 4 });
const meant: fc.Arbitrary<Meant> = fc.record({
  service: fc.constantFrom("s3", "dynamodb", "sqs"),
  method: fc.constantFrom("GET", "PUT", "POST"),
  path: fc
    .array(
      name.map((part) => `p${encodeURIComponent(part)}`),
      { maxLength: 3 },
    )
    .map((parts) => `/${parts.join("/")}`),
  // One name may begin another: they are in the order of the names, not of what is written of them.
  query: fc.dictionary(
    fc.oneof(name, fc.constantFrom("a", "a-b", "a.b", "a b")),
    fc.string({ unit: mark, maxLength: 4 }),
    { maxKeys: 4, noNullPrototype: true },
  ),
  headers: fc.dictionary(
    fc.constantFrom("content-type", "x-amz-target", "x-amz-meta-a", "x-amz-meta-a-b"),
    fc.string({ unit: fc.constantFrom("a", "B", " ", ","), maxLength: 6 }),
    { noNullPrototype: true },
  ),
  body: fc.string({ maxLength: 5 }),
});

const urlOf = (path: string, query: Readonly<Record<string, unknown>>): string => {
  const pairs = Object.entries(query).map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`,
  );
  return pairs.length > 0 ? `${path}?${pairs.join("&")}` : path;
};

/** Signed by the library that the SDK signs with, in its headers or in its URL. */
async function signed({ service, ...request }: Meant, presigned: boolean): Promise<SignedRequest> {
  const signer = signerFor(service, own);
  const { headers, body, ...rest } = request;
  const whole = { ...rest, protocol: "http:", hostname: "h", headers: { host: "h", ...headers }, body };
  // A URL is signed with its headers beside it, so that whoever sends it has to send them, too.
  const unhoistableHeaders = new Set(Object.keys(whole.headers));
  // Bodies that nobody signs are S3's.
  const unsigned: Readonly<Record<string, string>> =
    service === "s3" ? { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } : {};
  const result = presigned
    ? await signer.presign(
        { ...whole, headers: { ...unsigned, ...whole.headers } },
        { expiresIn: 60, unhoistableHeaders },
      )
    : await signer.sign(whole);
  return {
    method: result.method,
    url: urlOf(result.path, result.query ?? {}),
    headers: result.headers,
    body: Buffer.from(body),
  };
}

const isTaken = (request: SignedRequest, by = secret): boolean => {
  const claim = readClaim(request);
  return claim !== undefined && isGenuine(request, claim, by);
};

test("what the SDK's library signs is genuine, in headers and in URLs, whatever stands in it", async () => {
  await fc.assert(
    fc.asyncProperty(meant, fc.boolean(), async (request, presigned) => {
      const sent = await signed(request, presigned);
      expect(isTaken(sent)).toBe(true);
      expect(readClaim(sent)).toMatchObject({
        accessKeyId: own.accessKeyId,
        sessionToken: own.sessionToken,
        presignedSeconds: presigned ? 60 : undefined,
      });
    }),
  );
});

/** Changes after which a request is another one than was signed. */
const changes: Readonly<Record<string, (request: SignedRequest) => SignedRequest>> = {
  "another method": (request) => ({ ...request, method: "DELETE" }),
  "another path": (request) => ({ ...request, url: `/x${request.url}` }),
  "a parameter more": ({ url, ...request }) => ({ ...request, url: `${url}${url.includes("?") ? "&" : "?"}more=1` }),
  "another host": (request) => ({ ...request, headers: { ...request.headers, host: "other" } }),
  "another day": ({ url, headers, ...request }) => ({
    ...request,
    url: url.replace(/X-Amz-Date=\d{4}/, "X-Amz-Date=2001"),
    headers: { ...headers, "x-amz-date": "20010101T000000Z" },
  }),
  "another service": (request) => inScope(request, /(s3|dynamodb|sqs)(\/|%2F)aws4/, "sns$2aws4"),
  "another region": (request) => inScope(request, /us-east-1/, "us-east-2"),
  "another session": ({ url, headers, ...request }) => ({
    ...request,
    url: url.replace("X-Amz-Security-Token=token", "X-Amz-Security-Token=broken"),
    headers: { ...headers, ...(headers["x-amz-security-token"] ? { "x-amz-security-token": "broken" } : {}) },
  }),
  "half of the signature": (request) => inScope(request, /(Signature=[0-9a-f]{32})[0-9a-f]{32}/, "$1"),
  "no signature": (request) => inScope(request, /Signature=[0-9a-f]{64}/, "Signature="),
  "another end of its scope": (request) => inScope(request, /aws4_request/, "aws5_request"),
};

function inScope({ url, headers, ...request }: SignedRequest, from: RegExp, to: string): SignedRequest {
  const authorization = headers["authorization"];
  return {
    ...request,
    url: url.replace(from, to),
    headers:
      authorization === undefined ? headers : { ...headers, authorization: String(authorization).replace(from, to) },
  };
}

test.each(Object.entries(changes))("with %s it is not", async (_, change) => {
  await fc.assert(
    fc.asyncProperty(meant, fc.boolean(), async (request, presigned) => {
      expect(isTaken(change(await signed(request, presigned)))).toBe(false);
    }),
    { numRuns: 20 },
  );
});

test("with another header than was signed it is not, nor without one, nor with another secret", async () => {
  await fc.assert(
    fc.asyncProperty(meant, fc.boolean(), async (request, presigned) => {
      const sent = await signed({ ...request, headers: { ...request.headers, "x-amz-meta-own": "mine" } }, presigned);
      const { "x-amz-meta-own": _, ...others } = sent.headers;
      expect(isTaken({ ...sent, headers: { ...others, "x-amz-meta-own": "yours" } })).toBe(false);
      expect(isTaken({ ...sent, headers: others })).toBe(false);
      expect(isTaken(sent, "another")).toBe(false);
    }),
    { numRuns: 20 },
  );
});

test("a body belongs to the signature in headers, and not to that in a URL", async () => {
  await fc.assert(
    fc.asyncProperty(meant, async (request) => {
      const forged = (sent: SignedRequest) => isTaken({ ...sent, body: Buffer.from(`${request.body}!`) });
      expect(forged(await signed(request, false))).toBe(false);
      expect(forged(await signed({ ...request, service: "s3" }, true))).toBe(true);
    }),
    { numRuns: 20 },
  );
});

const request = (changed: Partial<SignedRequest>): SignedRequest => ({
  ...{ method: "GET", url: "/", headers: {}, body: Buffer.from("") },
  ...changed,
});
const credential = "A/20260131/us-east-1/s3/aws4_request";

test.each<[what: string, changed: Partial<SignedRequest>]>([
  ["no signature", {}],
  ["another scheme", { headers: { authorization: `Bearer Credential=${credential}, Signature=ab` } }],
  ["no credential", { headers: { authorization: "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=ab" } }],
  ...["A", "A/20260131", "A/20260131/us-east-1", "A/20260131/us-east-1/s3", "/d/r/s/aws4_request"].map(
    (part): [string, Partial<SignedRequest>] => [
      `the credential ${part}`,
      { headers: { authorization: `AWS4-HMAC-SHA256 Credential=${part}, SignedHeaders=host, Signature=ab` } },
    ],
  ),
  ["another algorithm in its URL", { url: `/?X-Amz-Algorithm=AWS3&X-Amz-Credential=${credential}&X-Amz-Signature=ab` }],
])("a request with %s has no claim", (_, changed) => {
  expect(readClaim(request(changed))).toBeUndefined();
});

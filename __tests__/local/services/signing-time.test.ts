import { checkParameters, checkPresigned } from "../../../local/services/presigned";
import type { Claim } from "../../../local/services/signature";
import { checkTime, instantOf } from "../../../local/services/signing-time";

const now = Date.parse("2026-01-31T12:00:00Z");
beforeEach(() => void jest.spyOn(Date, "now").mockReturnValue(now));
afterEach(() => jest.restoreAllMocks());

/** `20260131T120000Z`, so many milliseconds from now. */
const timeAt = (offsetMs: number): string => new Date(now + offsetMs).toISOString().replace(/[-:]|\.\d{3}/g, "");

const claim = (changes: Partial<Claim>): Claim => ({
  ...{ accessKeyId: "A", date: "20260131", region: "us-east-1", service: "sqs", signedHeaders: ["host"] },
  ...{ signature: "ab", time: timeAt(0), sessionToken: "", presignedSeconds: undefined, ...changes },
});

const MINUTE = 60_000;

test("a signing time is an instant of UTC, and nothing else is one", () => {
  expect(instantOf("20260131T123456Z")).toBe(Date.parse("2026-01-31T12:34:56Z"));
  const others = ["", "20260131", "2026-01-31T12:34:56Z", "20260131T123456", "x20260131T123456Z", "20260131T123456Zx"];
  expect(others.map(instantOf)).toEqual(others.map(() => Number.NaN));
});

// IAM user guide, "Elements of an AWS API request signature": within 15 minutes of the service's clock.
test.each([
  [-15 * MINUTE, true],
  [-15 * MINUTE - 1000, false],
  [15 * MINUTE, true],
  [15 * MINUTE + 1000, false],
  [0, true],
])("a request that was signed %s ms from now is taken: %s", (offsetMs, isTaken) => {
  const check = (service: string) => () => checkTime(claim({ service, time: timeAt(offsetMs) }));
  if (isTaken) {
    expect(check("sqs")).not.toThrow();
    expect(check("s3")).not.toThrow();
    return;
  }
  const words = `Signature expired: ${timeAt(offsetMs)} is not within 15 minutes of the current time.`;
  expect(check("sqs")).toThrow(
    expect.objectContaining({ code: "InvalidSignatureException", message: words, status: 403 }),
  );
  expect(check("s3")).toThrow(expect.objectContaining({ code: "RequestTimeTooSkewed", status: 403 }));
});

test("a time that is none is no time at which a request could be taken", () => {
  expect(() => checkTime(claim({ time: "yesterday" }))).toThrow("Signature expired: yesterday is not within");
});

test("a URL's own lifetime stands for the time of a request", () => {
  expect(() => checkTime(claim({ time: timeAt(-60 * MINUTE), presignedSeconds: 7200 }))).not.toThrow();
});

const late = expect.objectContaining({ code: "AccessDenied", message: "Request has expired", status: 403 });
const early = expect.objectContaining({ code: "AccessDenied", message: "Request is not yet valid", status: 403 });
const WEEK_S = 604_800;

// IAM user guide, "Authenticating requests: using query parameters (AWS Signature Version 4)": X-Amz-Expires.
test.each([
  [-59_000, 60, undefined],
  [-60_000, 60, late],
  [-61_000, 60, late],
  [0, 0, late],
  [0, 1, undefined],
  [15 * MINUTE, 60, undefined],
  [15 * MINUTE + 1000, 60, early],
  [-MINUTE, WEEK_S, undefined],
  [-WEEK_S * 1000, WEEK_S, late],
])("a URL that was signed %s ms from now for %s s is answered with %o", (offsetMs, presignedSeconds, error) => {
  const check = () => checkPresigned(claim({ time: timeAt(offsetMs), presignedSeconds }), {});
  if (error) expect(check).toThrow(error);
  else expect(check).not.toThrow();
});

test.each([
  ["a second more than a week", WEEK_S + 1, "X-Amz-Expires must be less than a week (in seconds)"],
  ["less than no time", -1, "X-Amz-Expires must be non-negative"],
  ["what is no number", Number.NaN, "X-Amz-Expires should be a number"],
])("a URL for %s is malformed, and one for a week or no time is not", (_, presignedSeconds, words) => {
  const names = ["Algorithm", "Credential", "Signature", "Date", "SignedHeaders", "Expires"];
  const url = `/?${names.map((name) => `X-Amz-${name}=x`).join("&")}`;
  const check = (seconds: number) => () => checkParameters(claim({ presignedSeconds: seconds }), url);
  expect(check(presignedSeconds)).toThrow(
    expect.objectContaining({
      ...{ code: "AuthorizationQueryParametersError", status: 400 },
      message: expect.stringContaining(words),
    }),
  );
  for (const seconds of [0, WEEK_S]) expect(check(seconds)).not.toThrow();
});

test("a URL that is over says when that was; one without a time of its signing says no such thing", () => {
  const membersOf = (time: string): unknown => {
    try {
      checkPresigned(claim({ time, presignedSeconds: 60 }), {});
    } catch (error) {
      return (error as { members?: unknown }).members;
    }
    return undefined;
  };
  const always = { "X-Amz-Expires": "60", ServerTime: "2026-01-31T12:00:00.000Z" };
  expect(membersOf(timeAt(-90_000))).toEqual({ ...always, Expires: "2026-01-31T11:59:30.000Z" });
  expect(membersOf("")).toEqual(always);
});

test("whoever has a URL adds no header of AWS's to it, and any other", () => {
  const check =
    (headers: Record<string, string>, changes: Partial<Claim> = {}) =>
    () =>
      checkPresigned(claim({ presignedSeconds: 60, signedHeaders: ["host", "x-amz-meta-a"], ...changes }), headers);
  expect(check({ host: "h", origin: "o", "x-amz-meta-a": "1" })).not.toThrow();
  expect(check({ "x-amz-meta-a": "1", "x-amz-acl": "public-read", "x-amz-meta-b": "2" })).toThrow(
    expect.objectContaining({
      message: "There were headers present in the request which were not signed",
      members: { HeadersNotSigned: "x-amz-acl, x-amz-meta-b" },
    }),
  );
  expect(check({ "x-amz-acl": "public-read" }, { presignedSeconds: undefined })).not.toThrow();
});

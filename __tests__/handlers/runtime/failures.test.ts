import { channel } from "node:diagnostics_channel";
import { NotFound } from "../../../handlers/runtime/errors";
import { describeFailure, kindOf } from "../../../handlers/runtime/failures";

/** An error as the SDK throws it. */
const fromAws = (name: string) =>
  Object.assign(new Error("words of AWS"), {
    name,
    $metadata: { httpStatusCode: 400, requestId: "aws-1", attempts: 2 },
  });

test("a failure is described by its kind and the eight innermost places, without its words", () => {
  const error = new Error("a secret\n    that goes on");
  const frames = Array.from({ length: 12 }, (_, at) => `    at place${at} (file.js:${at}:1)`);
  error.stack = [`Error: ${error.message}`, ...frames].join("\n");
  expect(describeFailure(error)).toEqual({
    name: "Error",
    at: Array.from({ length: 8 }, (_, at) => `at place${at} (file.js:${at}:1)`),
  });
});

test.each(["AccessDeniedException", "ResourceNotFoundException", "NoSuchBucket"])(
  "AWS's own words are quoted where they name resources: %s",
  (name) => {
    const described = { name, message: "words of AWS", status: 400, attempts: 2, awsRequestId: "aws-1" };
    expect(describeFailure(fromAws(name))).toMatchObject(described);
  },
);

test("AWS's words about what a caller sent are not quoted, and neither are an error's that only has such a name", () => {
  const own = Object.assign(new Error("a secret"), { name: "AccessDeniedException" });
  for (const error of [fromAws("ValidationException"), own])
    expect(describeFailure(error)).not.toHaveProperty("message");
});

test("a failure's cause is described with it, and a code where there is one", () => {
  const cause = Object.assign(new Error("a secret"), { code: "ECONNREFUSED" });
  expect(describeFailure(new Error("a secret", { cause }))).toMatchObject({
    name: "Error",
    cause: { name: "Error", code: "ECONNREFUSED" },
  });
  expect(describeFailure(new Error("a secret", { cause: "a secret" }))).not.toHaveProperty("cause");
  expect(describeFailure("a secret")).toEqual({ name: "string" });
});

test("who runs a function is shown what was thrown itself, once for all its causes", () => {
  const shown: unknown[] = [];
  const listen = (thrown: unknown) => void shown.push(thrown);
  channel("terrace:failure").subscribe(listen);
  const thrown = new Error("words", { cause: new Error("its cause") });
  describeFailure(thrown);
  channel("terrace:failure").unsubscribe(listen);
  expect(shown).toEqual([thrown]);
});

test.each<[string, unknown, string]>([
  ["a refusal", new NotFound(), "NOT_FOUND"],
  ["a service that is unreachable", Object.assign(new Error(""), { code: "ENOTFOUND" }), "UNAVAILABLE"],
  ["an error of AWS", fromAws("ValidationException"), "ValidationException"],
  ["an error of ours", Object.assign(new Error("a secret"), { name: "Secret" }), "INTERNAL_ERROR"],
  ["what is no error", { name: "Secret", $metadata: {} }, "INTERNAL_ERROR"],
])("the kind of %s is a word that quotes nobody", (_, thrown, kind) => {
  expect(kindOf(thrown)).toBe(kind);
});

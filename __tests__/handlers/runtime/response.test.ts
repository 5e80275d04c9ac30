import { Forbidden, NotFound, Refusal, TooManyRequests } from "../../../handlers/runtime/errors";
import { refusalOf } from "../../../handlers/runtime/failures";
import { errorAnswer } from "../../../handlers/runtime/response";

const answerTo = (thrown: unknown) => {
  const { statusCode, headers, body } = errorAnswer(refusalOf(thrown), "request-1", {});
  return { status: statusCode, error: JSON.parse(body).error, retryAfter: headers?.["Retry-After"] };
};

describe("what is thrown", () => {
  it.each<[string, unknown, number, string]>([
    ["a refusal without words", new NotFound(), 404, "There is nothing by this id."],
    ["a refusal with words", new Forbidden("Only on Sundays."), 403, "Only on Sundays."],
    ["an error", new Error("a secret"), 500, "A fault of the service; quote the requestId when reporting it."],
    ["no error at all", "a secret", 500, "A fault of the service; quote the requestId when reporting it."],
    [
      "an unavailability with words",
      new Refusal(503, { message: "a secret" }),
      503,
      "A service behind this one did not answer; try again after Retry-After.",
    ],
  ])("as %s is answered with words for the client", (_, thrown, status, message) => {
    expect(answerTo(thrown)).toMatchObject({ status, error: { message, requestId: "request-1" } });
  });

  it.each<[string, object, number]>([
    ["a throttled call", { name: "ThrottlingException" }, 503],
    ["a call whose host is unknown", { code: "ENOTFOUND" }, 503],
    ["a call that was given up", { name: "AbortError" }, 503],
    ["a call that took too long", { name: "TimeoutError" }, 503],
    ["a service's fault", { name: "Strange", $metadata: { httpStatusCode: 507 } }, 503],
    ["a wrong call", { name: "ValidationException", $metadata: { httpStatusCode: 400 } }, 500],
  ])("because of %s is distinguished, also when it is only the cause", (_, fields, status) => {
    const failure = Object.assign(new Error("words of AWS"), fields);

    expect(answerTo(failure).status).toBe(status);
    expect(answerTo(new Error("wrapped", { cause: failure })).status).toBe(status);
    expect(answerTo(failure).retryAfter).toBe(status === 503 ? "2" : undefined);
  });

  it("because the caller is too fast says when to come again", () => {
    expect(answerTo(new TooManyRequests(7))).toMatchObject({ status: 429, retryAfter: "7" });
  });
});

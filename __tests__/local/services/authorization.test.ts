import { Authorization } from "../../../local/services/authorization";
import type { ServiceEvent } from "../../../local/services/configuration";
import { allow, arnOf, principal } from "../support/services";

const parameter = arnOf("ssm", "parameter/p");

test("each permission that is used is reported once, and one by its conditions apart from one without them", () => {
  const events: ServiceEvent[] = [];
  const authorization = new Authorization((event) => void events.push(event));
  const mine = allow("s3:ListBucket", "arn:aws:s3:::logs");
  const within = (prefix: string) => ({ ...mine, Condition: { StringEquals: { "s3:prefix": prefix } } });
  const reader = principal(within("a/"), within("b/"), allow("ssm:GetParameter", parameter));
  const list = (prefix: string) =>
    authorization.require(reader, [
      { action: "s3:ListBucket", resource: "arn:aws:s3:::logs", contextKeys: { "s3:prefix": prefix } },
    ]);
  for (const prefix of ["a/", "b/", "a/", "b/"]) list(prefix);
  authorization.require(reader, [{ action: "ssm:GetParameter", resource: parameter }]);
  const listing = {
    event: "permission",
    function: "get-thing",
    action: "s3:ListBucket",
    resource: "arn:aws:s3:::logs",
  };
  expect(events).toEqual([
    { ...listing, when: expect.stringContaining("a/") },
    { ...listing, when: expect.stringContaining("b/") },
    { event: "permission", function: "get-thing", action: "ssm:GetParameter", resource: parameter },
  ]);
});

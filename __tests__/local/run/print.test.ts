import { printer } from "../../../local/run/command-line/print";
import type { ServiceEvent } from "../../../local/services/configuration";

/** What a person reads of an event. */
function printed(event: Extract<ServiceEvent, { event: "denial" }>): string {
  const write = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  const { tell, flush } = printer(false);
  tell(event);
  flush();
  const text = String(write.mock.calls[0]?.[0]);
  write.mockRestore();
  return text;
}

const denial = { event: "denial", function: "f", action: "s3:PutObject", resource: "arn:aws:s3:::b/x" } as const;
const policy = { kind: "bucket", address: "aws_s3_bucket_policy.b" } as const;
const key = { kind: "key", address: "aws_kms_key.k" } as const;

test.each([
  [{ explicit: false, grant: "b.grant(f);" }, "its role does not allow it; add to the stack:\n  b.grant(f);"],
  [{ explicit: true }, "its role denies it"],
  [{ explicit: true, policy }, "an explicit deny in the bucket policy at aws_s3_bucket_policy.b"],
  [{ explicit: false, policy: key }, "the key policy at aws_kms_key.k does not let it"],
  [{ explicit: false }, "no policy lets it"],
])("a denial says which policy said no: %o", (by, why) => {
  expect(printed({ ...denial, ...by })).toBe(`denied f: s3:PutObject on arn:aws:s3:::b/x: ${why}\n`);
});

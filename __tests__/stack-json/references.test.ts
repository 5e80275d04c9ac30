import { parseAddress, referencesIn, replaceReferences } from "../../stack-json/references";

test("references are found however deep, inside of expressions too, and not in text that is only spelled like one", () => {
  const value = {
    list: ["${aws_s3_bucket.logs.arn}/*", 3, null],
    call: '${jsonencode({"a": aws_iam_role.reader.name})}',
    data: "${data.aws_region.here.name}",
    literal: "$${aws_s3_bucket.none.arn}",
    variable: "${var.aws_s3_bucket}",
  };
  expect(referencesIn(value).map(({ address, attribute }) => [address, attribute])).toEqual([
    ["aws_s3_bucket.logs", "arn"],
    ["aws_iam_role.reader", "name"],
    ["data.aws_region.here", "name"],
  ]);
});

test("an address is read with and without an attribute", () => {
  expect(parseAddress("terraform_data.version")).toMatchObject({ address: "terraform_data.version", attribute: "" });
  expect(parseAddress("aws_kms_key.key_1A.id")).toMatchObject({ type: "aws_kms_key", name: "key_1A", attribute: "id" });
  expect(parseAddress("nothing")).toBeUndefined();
});

test("references are replaced where they stand, and text stays", () => {
  const text = "a ${aws_sqs_queue.dead-letters.arn} $${aws_sqs_queue.x.arn} ${aws_vpc.v.ids[0]}";
  expect(replaceReferences(text, ({ name }) => `<${name}>`)).toBe("a <dead-letters> $${aws_sqs_queue.x.arn} <v>");
});

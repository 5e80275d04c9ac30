import { keyArn } from "../../../local/read/keys";
import { graphOf } from "../support/stack-file";

const graphWith = (kms_key_arn?: string) =>
  graphOf({
    aws_kms_key: { k: {} },
    aws_kms_alias: { a: { name: "alias/mine", target_key_id: "${aws_kms_key.k.id}" } },
    aws_lambda_function: { f: { function_name: "f", ...(kms_key_arn ? { kms_key_arn } : {}) } },
  });

const keyOf = (name?: string) => {
  const graph = graphWith(name);
  return keyArn(graph, graph.all("aws_lambda_function")[0]!, "kms_key_arn");
};

test.each(["${aws_kms_key.k.arn}", "${aws_kms_key.k.id}", "alias/mine", "${aws_kms_alias.a.arn}"])(
  "%s is the stack's key",
  (name) => {
    expect(keyOf(name)).toMatch(/^arn:aws:kms:us-east-1:000000000000:key\//);
  },
);

test.each([undefined, "alias/aws/ssm", "arn:aws:kms:us-east-1:000000000000:alias/aws/ssm"])(
  "%s is no key of one's own",
  (name) => {
    expect(keyOf(name)).toBeUndefined();
  },
);

test.each(["alias/other", "arn:aws:kms:us-east-1:000000000000:key/other"])("%s is refused at boot", (name) => {
  const reason = `aws_lambda_function.f: kms_key_arn ${name} is no key of the stack, so its policy can't be evaluated`;
  expect(() => keyOf(name)).toThrow(reason);
});

import fc from "fast-check";
import { parseTemplate } from "../../stack-json/template";

const reference = (...path: [string, ...string[]]) => ({ path, source: expect.any(String) });

test.each([
  ["plain text", ["plain text"]],
  ["", []],
  ["${var.name}", [reference("var", "name")]],
  ["${aws_s3_bucket.logs.arn}/activity/*", [reference("aws_s3_bucket", "logs", "arn"), "/activity/*"]],
  ["${aws_x.a-b_C1.list[0].c}", [reference("aws_x", "a-b_C1", "list", "0", "c")]],
  ['${aws_x.y.map["a b}"]}', [reference("aws_x", "y", "map", "a b}")]],
  ["$${stageVariables.alias}", ["${stageVariables.alias}"]],
  ["100 %%{ of }", ["100 %{ of }"]],
  ["$ and % and { alone", ["$ and % and { alone"]],
  ['{"a":"${var.x}","b":"$${y}"}', ['{"a":"', reference("var", "x"), '","b":"${y}"}']],
])("%s is read", (text, pieces) => {
  expect(parseTemplate(text)).toEqual(pieces);
});

test.each([
  ["${sha1(var.x)}", "is not a reference"],
  ["${var.x + 1}", "is not a reference"],
  ["${var.x ? 1 : 2}", "is not a reference"],
  ["${}", "is not a reference"],
  ["${[for x in var.y : x]}", "is not a reference"],
  ["${aws_x.y[*].id}", "is not a reference"],
  ["${var.x", "has no end"],
  ["%{ if var.x }", "directive"],
])("%s is refused", (text, why) => {
  expect(() => parseTemplate(text)).toThrow(why);
});

test("any text comes back as it was, once it is escaped as the synthesizer escapes it", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("$", "%", "{", "}", "a", '"', "\\") }), (text) => {
      // A dollar before an escaped one is Terraform's own ambiguity.
      fc.pre(!/[$%][$%]\{/.test(text));
      const escaped = text.replaceAll("${", () => "$${").replaceAll("%{", "%%{");
      expect(parseTemplate(escaped).join("")).toBe(text);
    }),
  );
});

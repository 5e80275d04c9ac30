import type { APIGatewayProxyEvent } from "aws-lambda";
import fc from "fast-check";
import { readBody } from "../../../handlers/runtime/body";

const read = (body: string | null, isBase64Encoded = false) =>
  readBody({ body, isBase64Encoded } as APIGatewayProxyEvent);

const unreadable = (message: string) => ({
  value: undefined,
  problems: [{ path: "body", message }],
  unreadable: true,
});

const inBase64 = (bytes: Uint8Array | string): string => Buffer.from(bytes as string).toString("base64");

test("a body is read as its sender wrote it, as text and in Base64", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = JSON.stringify(value).replaceAll("__proto__", "proto");
      const expected = { value: JSON.parse(text), problems: [] };
      expect(read(text)).toEqual(expected);
      expect(read(inBase64(text), true)).toEqual(expected);
    }),
  );
});

test.each<[what: string, body: string | null, isBase64Encoded: boolean, message: string]>([
  ["no body", null, false, "is required"],
  ["no body in Base64", null, true, "is required"],
  ["an empty body", "", false, "is required"],
  ["a blank body", " \n\t", false, "is required"],
  ["a body that is no JSON", "{", false, "must be well-formed JSON"],
  ["a Base64 body that is no UTF-8", inBase64(Uint8Array.of(0x22, 0xff, 0x22)), true, "must be text in UTF-8"],
  ["a body of too many characters", `"${"x".repeat(1_048_575)}"`, false, "must be at most 1048576 characters"],
])("%s is unreadable, and says why without quoting it", (_, body, isBase64Encoded, message) => {
  expect(read(body, isBase64Encoded)).toEqual(unreadable(message));
});

test("a body of exactly as many characters as may be is read", () => {
  expect(read(`"${"x".repeat(1_048_574)}"`).problems).toEqual([]);
});

/** A value within so many lists and objects. */
const within = (levels: readonly string[], value: string): string =>
  levels.reduceRight((inner, level) => (level === "[" ? `[${inner}]` : `{"k":${inner}}`), value);

test("only the depth of lists and objects counts, up to 100, whatever stands in texts and beside them", () => {
  const noise = fc.string({ unit: fc.constantFrom("[", "{", "]", "}", '"', "\\", "a"), maxLength: 6 });
  const levels = (count: number) => fc.array(fc.constantFrom("[", "{"), { minLength: count, maxLength: count });
  const padding = "x".repeat(300);
  fc.assert(
    fc.property(levels(98), noise, (outer, text) => {
      // Two levels more.
      const list = `[${JSON.stringify(text)},${JSON.stringify(padding)},"[",[]]`;
      expect(read(within(outer, list))).toEqual({ value: expect.anything(), problems: [] });
      expect(read(within([...outer, "["], list))).toEqual(unreadable("must be nested at most 100 levels deep"));
    }),
  );
});

test("levels that have ended do not count, those that do not end do", () => {
  const many = `[${Array.from({ length: 300 }, () => '[{"k":[]}]').join(",")}]`;
  expect(read(many).problems).toEqual([]);
  expect(read("[".repeat(201)).problems).toEqual([{ path: "body", message: "must be nested at most 100 levels deep" }]);
});

test.each<[text: string, path: string, value: unknown]>([
  ['{"__proto__":{"x":1},"a":1}', "body.__proto__", { a: 1 }],
  ['{"a":{"__proto__":null}}', "body.a.__proto__", { a: {} }],
  ['[[{"\\u005f_proto__":1,"b":2}]]', "body.0.0.__proto__", [[{ b: 2 }]]],
])("%s is read without __proto__, which is reported as %s", (text, path, value) => {
  const found = read(text);
  expect(found.problems).toEqual([{ path, message: "is not an allowed name" }]);
  expect(JSON.stringify(found.value)).toBe(JSON.stringify(value));
});

test("each __proto__ of a body is reported, and names that only look like it are left", () => {
  const { problems, value } = read('{"a":{"__proto__":1},"b":[{"__proto__":2}],"c":{"proto":3,"d":"__proto__"}}');
  expect(problems.map(({ path }) => path).sort()).toEqual(["body.a.__proto__", "body.b.0.__proto__"]);
  expect(value).toEqual({ a: {}, b: [{}], c: { proto: 3, d: "__proto__" } });
});

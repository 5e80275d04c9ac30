import * as z from "zod/mini";
import { capped, problemsIn } from "../../../handlers/runtime/problems";

const messages = (schema: z.ZodMiniType, input: unknown) => {
  const { error } = schema.safeParse(input);
  return problemsIn("body", error?.issues ?? [], input).map(({ path, message }) => `${path} ${message}`);
};

describe("a problem says what would be right", () => {
  it.each<[string, z.ZodMiniType, unknown, string]>([
    ["a type", z.strictObject({ a: z.string() }), { a: 1 }, "body.a must be a string"],
    ["a type with an article", z.array(z.int()), [1.5], "body.0 must be an int"],
    ["a missing field", z.strictObject({ a: z.string() }), {}, "body.a is required"],
    ["an unknown field", z.strictObject({}), { b: 1 }, "body.b is not a known field"],
    ["a shortest text", z.string().check(z.minLength(2)), "", "body must hold at least 2 characters"],
    ["a longest list", z.array(z.any()).check(z.maxLength(1)), [1, 2], "body must hold at most 1 elements"],
    ["a smallest number", z.number().check(z.gte(3)), 2, "body must be at least 3"],
    ["a number that is too small itself", z.number().check(z.gt(3)), 3, "body must be more than 3"],
    ["a number that is too large itself", z.number().check(z.lt(3)), 3, "body must be less than 3"],
    ["a step", z.number().check(z.multipleOf(5)), 3, "body must be a multiple of 5"],
    ["a format", z.email(), "x", "body must be a valid email"],
    ["a choice", z.enum(["a", "b"]), "c", 'body must be one of "a", "b"'],
    ["a constant", z.literal(7), 8, "body must be 7"],
    ["a form", z.union([z.string(), z.number()]), true, "body must have one of the allowed forms"],
    ["what the contract says", z.string().check(z.regex(/x/, "must hold an x")), "", "body must hold an x"],
  ])("about %s", (_, schema, input, expected) => {
    expect(messages(schema, input)).toEqual([expected]);
  });
});

test.each([
  ["as long as it may be", "k".repeat(195), `body.${"k".repeat(195)}`],
  ["a character too long", "k".repeat(196), `body.${"k".repeat(195)}…`],
  ["much too long", `k${"x".repeat(500)}`, `body.k${"x".repeat(194)}…`],
])("a place that is %s is said in 200 characters", (_, name, path) => {
  expect(messages(z.strictObject({}), { [name]: 1 })).toEqual([`${path} is not a known field`]);
});

describe("of many problems", () => {
  const wrong = (count: number) =>
    problemsIn("body", z.array(z.string()).safeParse(Array(count).fill(1)).error?.issues ?? [], []);

  test("a hundred are said, each in its place", () => {
    expect(capped(wrong(100)).map(({ path }) => path)).toEqual(Array.from({ length: 100 }, (_, at) => `body.${at}`));
  });

  test.each([101, 100_000])("%s are too many: the first 99 are said, and that there are more", (count) => {
    const said = capped(wrong(count));
    expect(said.map(({ path }) => path)).toEqual([...Array.from({ length: 99 }, (_, at) => `body.${at}`), ""]);
    expect(said.at(-1)?.message).toBe("there are more problems, not listed here");
  });

  test("no more are made than it takes to know that there are too many", () => {
    expect(wrong(100_000)).toHaveLength(101);
  });
});

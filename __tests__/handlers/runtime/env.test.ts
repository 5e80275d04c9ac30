import { envList, integerEnv, requiredEnv } from "../../../handlers/runtime/env";

test("a variable whose name is not written out does not compile, since synth could not find it", () => {
  const name: string = "TABLE";
  // @ts-expect-error: any text
  expect(() => requiredEnv(name)).toThrow("environment variable TABLE is not set");
  // @ts-expect-error: any text
  expect(() => integerEnv(name)).toThrow("environment variable TABLE is not set");
  // @ts-expect-error: any text
  expect(envList(name)).toEqual([]);
});

describe("a number among the variables", () => {
  afterEach(() => void delete process.env["PAGE_SIZE"]);

  test.each([
    ["1", 1],
    ["25", 25],
    ["999999999", 999_999_999],
  ])("may be %s", (text, expected) => {
    process.env["PAGE_SIZE"] = text;
    expect(integerEnv("PAGE_SIZE")).toBe(expected);
  });

  test.each(["0", "-1", "1.5", "1e3", "05", " 5", "ten", "1000000000"])(
    "may not be %j, which is refused by name",
    (text) => {
      process.env["PAGE_SIZE"] = text;
      expect(() => integerEnv("PAGE_SIZE")).toThrow("environment variable PAGE_SIZE must be a positive whole number");
    },
  );
});

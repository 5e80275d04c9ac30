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

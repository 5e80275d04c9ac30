import fc from "fast-check";
import { filterOf } from "../../../../local/services/logs/filter-pattern";
import { ServiceError } from "../../../../local/services/service";

const line = JSON.stringify({
  level: "ERROR",
  ms: 12.5,
  status: 404,
  text: "a b",
  code: "404",
  nothing: null,
  yes: true,
  record: { status: "timeout", "trace-id": "1-2" },
  users: [{ id: 2 }, { id: 3 }],
  __proto__: { inherited: 1 },
});

test.each([
  ["", "anything", true],
  ["ERROR", "[ERROR] it failed", true],
  ["ERROR", "[error] it failed", false],
  ["ERROR failed", "failed with ERRORCODE", true],
  ["ERROR failed", "ERROR", false],
  ["ERROR -Exiting", "Exiting with ERRORCODE", false],
  ["ERROR -Exiting", "ERROR", true],
  ['"it failed"', "[ERROR] it failed", true],
  ['"it failed"', "it has failed", false],
  ['-"it failed"', "it has failed", true],
  ['"say \\"no\\""', 'say "no"', true],
  ["?ERROR ?WARN", "WARN message", true],
  ["?ERROR ?WARN", "INFO message", false],
  ["?ERROR message", "INFO message", true],
  ["%AUTH[A-Z]+ED%", "UNAUTHORIZED", true],
  ["%^AUTH%", "UNAUTHORIZED", false],
])("the terms %j want of %j: %j", (pattern, message, wanted) => {
  expect(filterOf(pattern)(message)).toBe(wanted);
});

test.each([
  ['$.level = "ERROR"', true],
  ["$.level = ERROR", true],
  ["$.level = ERR*", true],
  ["$.level = *ROR", true],
  ["$.level = *RR*", true],
  ["$.level = E*R", false],
  ["$.level = *", true],
  ["$.level != WARN", true],
  ["$.level != E*", false],
  ["$.level = %^E.+R$%", true],
  ["$.missing = *", false],
  ["$.missing != x", false],
  ["$.users != x", false],
  ["$.ms > 12", true],
  ["$.ms >= 12.5", true],
  ["$.ms < 1.25e1", false],
  ["$.ms <= +12.5", true],
  ["$.ms = 12.50", true],
  ["$.level > 1", false],
  ["$.status = 404", true],
  ["$.status = 4*", true],
  ['$.text = "a b"', true],
  ["$.code = 404", true],
  ["$.code != 404", false],
  ["$.record.status = timeout", true],
  ["$.record.trace-id = 1-2", true],
  ["$.users[1].id = 3", true],
  ["$.users[2].id = 3", false],
  ["$.nothing IS NULL", true],
  ["$.missing IS NULL", false],
  ["$.missing NOT EXISTS", true],
  ["$.nothing NOT EXISTS", false],
  ["$.yes IS TRUE", true],
  ["$.yes IS FALSE", false],
  ["$.constructor NOT EXISTS", true],
  ["$.toString.name NOT EXISTS", true],
  ["$.level = WARN || $.record.status = timeout", true],
  ["$.level = ERROR || $.level = WARN && $.status = 1", true],
  ["($.level = ERROR || $.level = WARN) && $.status = 1", false],
  ["(($.level = ERROR) && ($.status = 404))", true],
])("the condition %j is met: %j", (condition, wanted) => {
  expect(filterOf(`{ ${condition} }`)(line)).toBe(wanted);
  expect(filterOf(`{${condition}}`)("no JSON")).toBe(false);
});

test.each([
  ["a:b", "Invalid character(s) in term 'a:b'"],
  ["{ level = ERROR }", "Invalid selector level in filter pattern"],
  ["{ $.level }", "Unexpected end of filter pattern"],
  ["{ $.level = }", "Unexpected end of filter pattern"],
  ["{ $.level IS ERROR }", "Invalid operator IS in filter pattern"],
  ["{ $.ms > x }", "> must be followed by a number, got x"],
  ["{ ($.ms > 1 }", 'Missing ")" in filter pattern'],
  ["{ $.ms > 1 ) }", 'Unexpected ")" in filter pattern'],
  ['{ $.a = "b }', 'Invalid filter pattern at ""b"'],
  ["%(a)%", "Invalid regular expression %(a)%"],
  ["%[%", "Invalid regular expression %[%"],
])("%j is no pattern: %s", (pattern, message) => {
  expect(() => filterOf(pattern)).toThrow(
    expect.objectContaining({ code: "InvalidParameterException", message, status: 400 }),
  );
});

test("patterns of space-delimited fields are refused by name", () => {
  expect(() => filterOf("[ip, user]")).toThrow("a filter pattern of space-delimited fields is not emulated");
});

test("whatever is sent as a pattern is one, or is refused", () => {
  const sign = fc.constantFrom(...'{}()[]$.=!<>&|%"\\-?*ab1 '.split(""));
  fc.assert(
    fc.property(fc.string({ unit: sign, maxLength: 20 }), fc.string({ maxLength: 20 }), (pattern, message) => {
      try {
        expect(typeof filterOf(pattern)(message)).toBe("boolean");
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
      }
    }),
    { numRuns: 3000 },
  );
});

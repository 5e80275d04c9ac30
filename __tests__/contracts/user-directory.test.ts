import fc from "fast-check";
import { NewUser, userDirectoryApi } from "../../contracts/user-directory";
import { validatorsOf } from "../support/validators";

const validators = validatorsOf(userDirectoryApi);
const gatewayAccepts = (body: unknown) => validators.gatewayAccepts("NewUser", body);
const handlerAccepts = (body: unknown) => validators.handlerAccepts(NewUser, body);

const odd = fc.constantFrom<unknown>(
  "",
  " ",
  "é",
  "\u0000",
  "\ud800",
  "𝒳",
  "x".repeat(256),
  "x".repeat(257),
  null,
  0,
  [],
);
const oneOf = (usual: fc.Arbitrary<string>) => fc.oneof({ weight: 5, arbitrary: usual }, { weight: 1, arbitrary: odd });

const user = fc.record(
  {
    userId: oneOf(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$/)),
    email: oneOf(fc.stringMatching(/^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}\.[A-Za-z0-9-]{1,63}$/)),
    name: oneOf(fc.string({ unit: "grapheme", maxLength: 40 })),
    role: odd,
  },
  { requiredKeys: ["email", "name"] },
);

it("has the gateway accept every user that the handler accepts", () => {
  fc.assert(
    fc.property(user, (candidate) => {
      const sent = JSON.parse(JSON.stringify(candidate));
      return !handlerAccepts(sent) || gatewayAccepts(sent);
    }),
    { numRuns: 1000 },
  );
});

it("has the gateway refuse what it can see is wrong, before a function is called", () => {
  const good = { userId: "ada", email: "ada@example.com", name: "Ada" };

  expect(gatewayAccepts(good)).toBe(true);
  for (const wrong of [{ email: "x" }, { userId: ".." }, { userId: "a/b" }, { name: "" }, { name: 1 }, { role: "x" }])
    expect(gatewayAccepts({ ...good, ...wrong })).toBe(false);
  expect(gatewayAccepts({ email: good.email })).toBe(false);
});

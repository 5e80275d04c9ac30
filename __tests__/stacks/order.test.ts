import type { App } from "cdktf";
import { type TerraformStack, Testing } from "cdktf";
import type { Environment } from "../../environments/environment";
import { prod } from "../../environments/prod";
import { type Choice, shuffledModule, shuffledText } from "../support/shuffled";
import { synth } from "../support/stack";
import { systems } from "../support/systems";

type Stack = new (app: App, environment: Environment) => TerraformStack;

/** The same choices for the same seed: Park and Miller's generator. */
function random(seed: number): Choice {
  let state = seed;
  return (count) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % count;
  };
}

const choices: Readonly<Record<string, () => Choice>> = {
  "the last that can be, first": () => (count) => count - 1,
  "an order by chance": () => random(20_240),
  "another by chance": () => random(7),
};

const asWritten: Choice = () => 0;

function jsonOf(name: string, choose: Choice): unknown {
  const [Stack] = Object.values(shuffledModule(name, choose)) as [Stack];
  return synth(new Stack(Testing.app(), prod)).json;
}

describe.each([...systems, "account"])("the stack of %s", (system) => {
  const name = `${system}-stack`;
  const written = jsonOf(name, asWritten);

  it.each(Object.keys(choices))("is the same with lines that need none of the others in %s", (which) => {
    expect(JSON.stringify(jsonOf(name, choices[which]!()))).toBe(JSON.stringify(written));
  });
});

it("another order keeps every line, after those whose values it depends on", () => {
  const text = `import { x } from "y";
export class A extends B {
  constructor(scope) {
    super(scope);
    const { a, b: c = 1 } = x;
    // A remark goes with nothing.
    this.d = a;
    this.e();
    c.f({ a: 1, g: c.a });
  }
  e() { return this.d; }
}
`;
  const last = shuffledText(text, (count) => count - 1);

  expect(
    last
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => /^(const |this|c\.)/.test(line)),
  ).toEqual(["const { a, b: c = 1 } = x;", "c.f({ a: 1, g: c.a });", "this.d = a;", "this.e();"]);
});

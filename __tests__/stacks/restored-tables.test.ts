import type { App, TerraformStack } from "cdktf";
import { Testing } from "cdktf";
import type { Environment, RestoredTable } from "../../environments/environment";
import { prod } from "../../environments/prod";
import type { StackJson } from "../../stack-json/document";
import { compare } from "../../tools/changes/compare";
import { ThingsStack } from "../fixtures/things-stack";
import { synth } from "../support/stack";
import { type Synthesized, synthesizedStack } from "../support/synthesized-stack";
import { systems } from "../support/systems";

type Stack = new (app: App, environment: Environment) => TerraformStack;

const stackOf = (system: string): Stack => {
  const [Stack] = Object.values(jest.requireActual<Record<string, Stack>>(`../../stacks/${system}-stack`));
  return Stack as Stack;
};

const inProd = (Stack: Stack): Synthesized => synth(new Stack(Testing.app(), prod));

/** The project's stacks with tables, and one that is of no system. */
const stacks = [
  ["things", ThingsStack] as const,
  ...systems
    .filter((system) => Object.keys(synthesizedStack(system, "prod").all("aws_dynamodb_table")).length > 0)
    .map((system) => [system, stackOf(system)] as const),
];

const tablesOf = (stack: Synthesized): string[] =>
  Object.values(stack.all("aws_dynamodb_table")).map(({ name }) => name as string);

/** The stack of prod in which copies take the place of all tables. */
function restored(Stack: Stack, tables: readonly string[], setting: Partial<RestoredTable> = {}): Synthesized {
  const copies = tables.map((table): [string, RestoredTable] => [table, { name: `${table}-restored`, ...setting }]);
  return synth(new Stack(Testing.app(), { ...prod, restoredTables: Object.fromEntries(copies) })) as Synthesized;
}

const resourcesOf = (stack: Synthesized, type: string): string[] =>
  Object.values(stack.all(type)).flatMap(({ policy = '{"Statement":[]}' }) =>
    (JSON.parse(policy as string).Statement as { Resource?: string[] }[]).flatMap(({ Resource = [] }) => Resource),
  );

describe.each(stacks)("%s, whose tables are copies that a restore has made", (_, Stack) => {
  const before = inProd(Stack);
  const tables = tablesOf(before);

  it("takes them over at addresses of their own, and lets the former ones go without destroying them", () => {
    const { json } = restored(Stack, tables);
    const blocks = json as unknown as Required<StackJson>;
    const addresses = Object.keys(json.resource["aws_dynamodb_table"] ?? {}).map(
      (name) => `aws_dynamodb_table.${name}`,
    );

    expect(blocks.import.map(({ id }) => id).sort()).toEqual(tables.map((table) => `${table}-restored`).sort());
    expect(blocks.import.map(({ to }) => to).sort()).toEqual(addresses.sort());
    expect(blocks.removed).toHaveLength(tables.length);
    expect(blocks.removed).toEqual(
      expect.arrayContaining(
        Object.keys(before.all("aws_dynamodb_table")).map((name) => ({
          from: `aws_dynamodb_table.${name}`,
          lifecycle: { destroy: false },
        })),
      ),
    );
  });

  it("grants both while versions serve that work on the former ones, and the copies alone afterwards", () => {
    const formerArns = (setting: Partial<RestoredTable>) =>
      ["aws_iam_role_policy", "aws_vpc_endpoint"].map(
        (type) =>
          resourcesOf(restored(Stack, tables, setting), type).filter((arn) => /^arn:aws:dynamodb:/.test(arn)).length,
      );
    const granted = (type: string) =>
      resourcesOf(before, type).filter((arn) => /^\$\{aws_dynamodb_table\./.test(arn)).length;

    expect(formerArns({ formerInUse: true })).toEqual([granted("aws_iam_role_policy"), granted("aws_vpc_endpoint")]);
    expect(formerArns({})).toEqual([0, 0]);
  });

  it("watches the copies", () => {
    const text = JSON.stringify(restored(Stack, tables).json.resource);

    for (const table of tables) expect(text.replaceAll(`${table}-restored`, "")).not.toContain(`"${table}"`);
  });

  it("is reported as what it is: nothing is lost", () => {
    const after = restored(Stack, tables, { formerInUse: true });
    const changes = compare(new Map([["s", before.json as StackJson]]), new Map([["s", after.json as StackJson]]));
    const data = changes.filter(({ about }) => about === "data");

    expect(data.filter(({ severity }) => severity === "risk")).toEqual([]);
    for (const table of tables) {
      expect(data.map(({ text }) => text)).toContainEqual(
        expect.stringMatching(`goes over to ${table}-restored, which has to be there: Terraform imports it$`),
      );
      expect(data.map(({ text }) => text)).toContainEqual(
        expect.stringMatching(`: Terraform forgets ${table}, which stays with all its data$`),
      );
    }
  });

  it("can be restored a second time", () => {
    const [table = ""] = tables;
    const first = `${table}-restored`;
    const once = restored(Stack, [table]);
    const twice = restored(Stack, [table], { name: `${table}-again`, former: first });
    const { removed } = twice.json as unknown as Required<StackJson>;

    expect(removed.map(({ from }) => from)).toEqual(
      (once.json as unknown as Required<StackJson>).import.map(({ to }) => to),
    );
  });
});

it.each<[string, Record<string, RestoredTable>, string]>([
  [
    "a table that there is not",
    { "things-prod-thing": { name: "things-prod-restored" } },
    "things-prod: restoredTables: the table before must be one of things-prod-things, got things-prod-thing; choose one of these",
  ],
  [
    "a copy under a name that CI's roles do not reach",
    { "things-prod-things": { name: "restored" } },
    "things-prod/things: restoredTables[\"things-prod-things\"].name must be a table's name that begins with things-prod-, which is as far as CI's roles reach, got restored; restore under such a name",
  ],
  [
    "the table itself",
    { "things-prod-things": { name: "things-prod-things" } },
    'things-prod/things: restoredTables["things-prod-things"].name must be another than the table\'s before, got things-prod-things; name the copy',
  ],
])("refuses %s", (_, restoredTables, message) => {
  const stack = new ThingsStack(Testing.app(), { ...prod, restoredTables });
  const problems = stack.node
    .findAll()
    .flatMap(({ node }) => node.validate().map((problem) => `${node.path}: ${problem}`));

  expect(problems).toContain(message);
});

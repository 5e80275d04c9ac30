import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { constructs, referencePage } from "../../tools/reference/page";

const root = join(__dirname, "../..");
const all = constructs(root);

it("is what the sources say (npm run reference renews it)", () => {
  expect(readFileSync(join(root, "docs/constructs.md"), "utf8")).toBe(referencePage(all));
});

it("says of every construct what it is, and of every verb what it does", () => {
  expect(all.length).toBeGreaterThanOrEqual(19);
  for (const { name, text, example, verbs } of all) {
    expect([name, text]).toEqual([name, expect.stringMatching(/\.$/)]);
    expect(example).toContain(`new ${name}(`);
    for (const verb of verbs)
      expect([verb.signature, verb.text]).toEqual([verb.signature, expect.stringMatching(/\.$/)]);
  }
});

it("says of every prop what it is for, of settings that environments fill, too", () => {
  const silent = all.flatMap(({ name, props }) =>
    props.flatMap(({ signature, text }) => (/\.$/.test(text) ? [] : [`${name}.${signature}: ${text}`])),
  );

  expect(silent).toEqual([]);
  expect(all.find(({ name }) => name === "Network")?.props.map(({ signature }) => signature)).toContain(
    "cidrBlock: string",
  );
});

it("says what is taken for every prop that may be left out", () => {
  const silent = all.flatMap(({ name, props }) =>
    props.flatMap(({ signature, defaultValue }) =>
      /^\w+\?/.test(signature) && !defaultValue ? [`${name}.${signature}`] : [],
    ),
  );

  expect(silent).toEqual([]);
});

/** An example in a comment, and the name that the comment is of. */
interface Example {
  readonly name: string;
  readonly file: string;
  readonly code: string;
}

const sourcesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort()
    .map((file) => `${folder}/${file}`);

/** The examples in the sources below a folder. */
function examplesIn(folder: string): Example[] {
  const comment = String.raw`/\*\*((?:(?!\*/)[\s\S])*)@example\n((?:(?!\*/)[\s\S])*)\*/\n`;
  const declaration = new RegExp(`${comment}export (?:async function|class|const|function|interface) (\\w+)`, "g");
  return sourcesBelow(folder).flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(declaration)].map(([, , text = "", name = ""]) => ({
      ...{ name, file },
      code: text
        .split("\n")
        .map((line) => line.replace(/^\s*\* ?/, "").replace(/^export /, ""))
        .join("\n"),
    })),
  );
}

const importOf = ({ name, file }: Example): string => `import { ${name} } from "../${file.replace(/\.ts$/, "")}";`;

const declared = (declarations: readonly string[]): string =>
  declarations.map((each) => `declare const ${each};`).join("\n");

/** Examples of the stacks' side, as methods of a stack. */
const constructExamples = (examples: readonly Example[]): string =>
  [
    ...examples.map(importOf),
    'import { type App, TerraformVariable } from "cdktf";',
    'import type { Environment } from "../environments/environment";',
    'import { twoZones } from "../environments/network";',
    'import { functionGraphs, stageGraphs, tableGraphs } from "../constructs/observability/graphs";',
    declared([
      ...["api: RestApi", "stage: ApiStage", "table: Table<string>", "bucket: Bucket", "secret: Secret"],
      ...["getThing: NodeFunction", "alarms: Alarms", "environment: Environment", "app: App", "stack: SystemStack"],
      ...["topic: Topic", "distribution: Distribution"],
    ]),
    'const contract = { name: "things", version: "1", description: "", models: {}, routes: { getThing: { method: "GET", path: "/thing", summary: "", access: "apiKey", status: 204 } } } as const;',
    "export class Examples extends SystemStack {",
    ...examples.map(({ name, code }) => `  of${name}() {\n${code}\n  }`),
    "}",
  ].join("\n");

/** Examples of the functions' side and of contracts, as functions. */
const handlerExamples = (examples: readonly Example[]): string =>
  [
    ...examples.map(importOf),
    'import { GetCommand, type GetCommandInput } from "@aws-sdk/lib-dynamodb";',
    'import type { Context } from "aws-lambda";',
    'import * as z from "zod/mini";',
    'import { ErrorSchema } from "../contracts/errors";',
    'import { identifier, text as textOf } from "../contracts/fields";',
    'import { recordsApi } from "../__tests__/fixtures/records-api";',
    'import { Conflict, NotFound } from "../handlers/runtime/errors";',
    'import type { Operation } from "../handlers/runtime/handle";',
    'import { locationBelow } from "../handlers/runtime/response";',
    declared([
      ...["caller: string", "recordId: string", "requestId: string", "thingId: string", "path: string"],
      ...["key: string | undefined", "created: boolean", "lastId: string", "text: string & typeof textOf"],
      ...["item: { readonly token: string }", "input: GetCommandInput", "event: unknown", "context: Context"],
      ...["client: ReturnType<typeof documentClient>", "thing: { readonly thingId: string }"],
      "work: Operation<typeof recordsApi.routes.getRecord>",
      "isInvalid: (event: unknown) => boolean",
      "done: (...values: readonly unknown[]) => Promise<void>",
      "store: { readonly ship: typeof done; readonly count: typeof done; readonly get: (id: string) => ReturnType<typeof work>; readonly lines: (id: string) => AsyncIterable<string> }",
    ]),
    "const Order = z.object({ orderId: z.string() });",
    "const Sale = z.object({ amount: z.number() });",
    "const Thing = z.object({ thingId: z.string() });",
    "const params = onDemand(() => z.object({ reportId: z.string() }));",
    'const getReport = { method: "GET", path: "/reports/{reportId}", summary: "", access: "apiKey", params, status: 200, response: textStream("text/csv"), errors: [] } as const;',
    "const reportsApi = { routes: { getReport } };",
    ...examples.map(({ name, code }) => `export async function of${name}() {\n${code}\n}`),
  ].join("\n");

it("gives an example of every construct", () => {
  const declaration = /^export class (\w+)\b.* extends (?:Construct|TerraformStack) \{$/gm;
  const classes = sourcesBelow("constructs").flatMap((file) =>
    [...readFileSync(join(root, file), "utf8").matchAll(declaration)].map(([, name = ""]) => name),
  );
  const examples = examplesIn("constructs");

  expect(classes.length).toBeGreaterThanOrEqual(33);
  const using = (name: string) => new RegExp(`\\b(?:new|extends) ${name}\\b`);
  const without = classes.filter((one) => !examples.some(({ name, code }) => name === one && using(one).test(code)));
  expect(without).toEqual([]);
});

it("has examples that compile, of constructs, handlers and contracts", () => {
  const page = readFileSync(join(root, "docs/in-your-own-stack.md"), "utf8");
  const [, ownStack = ""] = /^```ts main\.ts\n(.*?)^```$/ms.exec(page) ?? [];
  expect(ownStack).toContain("new GreetingsStack(app");
  const folder = mkdtempSync(join(root, ".examples-"));
  try {
    const files = {
      "constructs.ts": constructExamples(examplesIn("constructs")),
      "handlers.ts": handlerExamples([...examplesIn("handlers"), ...examplesIn("contracts")]),
      "main.ts": ownStack.replaceAll('"./terrace/', '"../'),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const settings = { extends: "../tsconfig.json", files: Object.keys(files) };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
    const { stdout, status } = spawnSync(
      process.execPath,
      [join(root, "node_modules/typescript/bin/tsc"), "-p", folder],
      { encoding: "utf8" },
    );
    expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

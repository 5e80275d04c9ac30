import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

it("has examples that compile, by the props and verbs that there are", () => {
  const imports = all.map(({ name, file }) => `import { ${name} } from "../${file.replace(/\.ts$/, "")}";`);
  const known = [
    ...["api: RestApi", "stage: ApiStage", "table: Table<string>", "bucket: Bucket", "secret: Secret"],
    ...["getThing: NodeFunction", "alarms: Alarms", "environment: Environment", "app: App"],
  ].map((each) => `declare const ${each};`);
  const source = [
    ...imports,
    'import type { App } from "cdktf";',
    'import type { Environment } from "../environments/environment";',
    'import { SystemStack } from "../constructs/synth/system-stack";',
    'import { functionGraphs, stageGraphs, tableGraphs } from "../constructs/observability/graphs";',
    ...known,
    'const contract = { name: "things", version: "1", description: "", models: {}, routes: { getThing: { method: "GET", path: "/thing", summary: "", access: "apiKey", status: 204 } } } as const;',
    "export class Examples extends SystemStack {",
    ...all.map(({ name, example }) => `  of${name}() {\n${example}\n  }`),
    "}",
  ];
  const page = readFileSync(join(root, "docs/in-your-own-stack.md"), "utf8");
  const [, ownStack = ""] = /^```ts main\.ts\n(.*?)^```$/ms.exec(page) ?? [];
  expect(ownStack).toContain("new GreetingsStack(app");
  const folder = mkdtempSync(join(root, ".examples-"));
  try {
    writeFileSync(join(folder, "examples.ts"), source.join("\n"));
    writeFileSync(join(folder, "main.ts"), ownStack.replaceAll('"./terrace/', '"../'));
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: "../tsconfig.json", files: ["examples.ts", "main.ts"] }),
    );
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

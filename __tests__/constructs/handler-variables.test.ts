import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { variablesOf } from "../../constructs/synth/handler-variables";

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true });
});

/** Reads handlers of a folder of their own: file → text, `get-thing.ts` being the entry. */
function readsOf(files: Record<string, string>): ReturnType<typeof variablesOf> {
  const folder = mkdtempSync(join(tmpdir(), "handlers-"));
  made.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const { reads, unnamed } = variablesOf(relative("handlers", join(folder, "get-thing.ts")));
  const short = (path: string) => relative(folder, path);
  return { reads: reads.map((one) => ({ ...one, file: short(one.file) })), unnamed: unnamed.map(short) };
}

const read = (name: string, reading: string, file = "get-thing.ts") => ({ name, reading, file });

test.each<[what: string, text: string, reads: object[]]>([
  ["requiredEnv", 'const a = requiredEnv("TABLE");', [read("TABLE", "required")]],
  ["single quotes", "const a = requiredEnv('TABLE');", [read("TABLE", "required")]],
  ["a text without holes", "const a = requiredEnv(`TABLE`);", [read("TABLE", "required")]],
  ["a call over several lines", 'const a = requiredEnv(\n  "TABLE"\n);', [read("TABLE", "required")]],
  ["a call within another", 'secret(requiredEnv("NAME"));', [read("NAME", "required")]],
  ["integerEnv", 'integerEnv("SIZE")', [read("SIZE", "integer")]],
  ["envList", 'envList("ORIGINS")', [read("ORIGINS", "optional")]],
  ["process.env", 'process.env["A_B"] ?? process.env.C', [read("A_B", "optional"), read("C", "optional")]],
  ["a comment", '// requiredEnv("TABLE")\n/** requiredEnv("TABLE")\n * integerEnv("X") */', []],
  ["another function's name", 'myrequiredEnv("TABLE"); env.requiredEnv("TABLE")', []],
])("%s is understood", (_, text, reads) => {
  expect(readsOf({ "get-thing.ts": text })).toEqual({ reads, unnamed: [] });
});

test.each([
  ["a named import", 'import { store } from "./store";'],
  ["an import of everything", 'import * as store from "./store";'],
  ["an import over several lines", 'import {\n  store,\n  type Store,\n} from "./store";'],
  ["an import for its effect", 'import "./store";'],
  ["an export of another file's", 'export { store } from "./store";'],
  ["an import with the suffix of JavaScript", 'import { store } from "./store.js";'],
  ["an import when it is needed", 'const later = () => import("./store");'],
])("%s brings what the other file reads, from wherever that is imported", (_, text) => {
  const files = { "get-thing.ts": text, "store.ts": 'import "./deep/table";', "deep/table.ts": 'requiredEnv("TABLE")' };
  expect(readsOf(files).reads).toEqual([read("TABLE", "required", "deep/table.ts")]);
});

test.each(['import type { Store } from "./store";', 'import { type Store } from "./store";'])(
  "%s brings nothing, as in the bundle",
  (text) => {
    expect(readsOf({ "get-thing.ts": text, "store.ts": 'requiredEnv("TABLE")' }).reads).toEqual([]);
  },
);

test("files that import each other are read once each", () => {
  const files = {
    "get-thing.ts": 'import "./store"; requiredEnv("A")',
    "store.ts": 'import "./get-thing";\nrequiredEnv("B")',
  };
  expect(readsOf(files).reads.map(({ name }) => name)).toEqual(["A", "B"]);
});

test.each(["requiredEnv(name)", "requiredEnv(`${system}_TABLE`)", 'requiredEnv("A" + b)'])(
  "%s names the place, since the variable is unknown",
  (call) => {
    expect(readsOf({ "get-thing.ts": `const a = 1;\nconst b = ${call};` })).toEqual({
      reads: [],
      unnamed: ["get-thing.ts:2"],
    });
  },
);

test("the file that defines the calls reads what it is given", () => {
  const env =
    "export function requiredEnv(name: string) { return process.env[name]; }\nexport const x = requiredEnv(y);";
  expect(readsOf({ "get-thing.ts": env })).toEqual({ reads: [], unnamed: [] });
});

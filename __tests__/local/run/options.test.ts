import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readOptions } from "../../../local/run/command-line/options";
import { curlLine, exampleOf } from "../../../local/run/example-request";
import { temporaryFolder } from "../support/stack-file";

const read = (...args: string[]) => readOptions(args, "/project");

test("without arguments it is records on port 3000", () => {
  expect(read()).toEqual({
    systems: ["records"],
    port: 3000,
    environment: "dev",
    data: "/project/.local",
    fresh: false,
    json: false,
    hosts: [],
    servicesPort: 0,
    memoryMb: 1024,
    grants: false,
    page: { port: 3900, orAny: true },
    speed: 1,
    help: false,
  });
});

test("without records it is the first system that there is, and without any there is nothing to run", () => {
  const project = (...files: string[]): string => {
    const root = temporaryFolder();
    mkdirSync(join(root, "stacks"));
    for (const file of ["account-stack.ts", ...files]) writeFileSync(join(root, "stacks", file), "");
    return root;
  };

  expect(readOptions([], project("shop-stack.ts", "order-book-stack.ts", "shop-parts.ts")).systems).toEqual([
    "order-book",
  ]);
  expect(readOptions([], project("shop-stack.ts", "records-stack.ts")).systems).toEqual(["records"]);
  expect(() => readOptions([], project())).toThrow("there is no system to run; npm run new -- shop makes one");
  expect(readOptions(["--help"], project()).help).toBe(true);
});

test("systems, port, environment, data and switches are taken", () => {
  expect(
    read(
      "items",
      "records",
      "items",
      "--port",
      "0",
      "--environment",
      "qa",
      "--data",
      "/x",
      "--fresh",
      "--json",
      "--grants",
      "--no-page",
    ),
  ).toEqual({
    systems: ["items", "records"],
    port: 0,
    environment: "qa",
    data: "/x",
    fresh: true,
    json: true,
    hosts: [],
    servicesPort: 0,
    memoryMb: 1024,
    grants: true,
    page: undefined,
    speed: 1,
    help: false,
  });
});

test("what was synthesized elsewhere has stacks of any name, all of them by default", () => {
  expect(read("--from", "out")).toMatchObject({ from: "/project/out", systems: [] });
  expect(read("--from", "/x/out", "My.Stack_1")).toMatchObject({ from: "/x/out", systems: ["My.Stack_1"] });
});

test("hosts may be allowed, as they are compared", () => {
  expect(read("--allow-host", "My.Tunnel.test", "--allow-host=other").hosts).toEqual(["my.tunnel.test", "other"]);
});

test("the memory of all environments is a gigabyte, or what is asked for", () => {
  expect(read("--memory", "256").memoryMb).toBe(256);
});

test("debuggers attach at Node's own port, or another", () => {
  expect(read().inspect).toBe(undefined);
  expect(read("--inspect", "items")).toMatchObject({ inspect: 9229, systems: ["items"] });
  expect(read("--inspect=0").inspect).toBe(0);
});

test.each([
  [["--inspect=x"], "--inspect must be a number 0–65535, got x"],
  [["--port", "http"], "--port must be a number 0–65535, got http"],
  [["--port", "70000"], "--port must be a number 0–65535, got 70000"],
  [["--prot", "1"], "Unknown option '--prot'"],
  [["--allow-host", "http://a.test"], '--allow-host takes the name of a host without a port, got "http://a.test"'],
  [["--allow-host", "a.test:80"], '--allow-host takes the name of a host without a port, got "a.test:80"'],
  [["../x"], '"../x" is no name of a system or environment'],
  [["--from", "x", "--environment", "qa"], "--environment says what to synthesize, and --from runs what was"],
  [["--environment", "a b"], '"a b" is no name of a system or environment'],
  [["--services-port", "3000"], "--services-port 3000 is the port of a system, too; choose another"],
  [["items", "records", "--services-port", "3001"], "--services-port 3001 is the port of a system, too"],
  [["--memory", "0"], "--memory must be a number of MB, 10–9999999, got 0"],
  [["--memory=1GB"], "--memory must be a number of MB, 10–9999999, got 1GB"],
  [["--data="], "--data must be a folder of its own, got nothing, which contains the project"],
  [["--data", "."], "--data must be a folder of its own, got ., which contains the project"],
  [["--data", "/"], "--data must be a folder of its own, got /, which contains the project"],
])("%o is refused", (args, message) => {
  expect(() => read(...args)).toThrow(message);
});

test("a curl line is made of what a schema asks for at least", () => {
  const body = {
    paths: {
      "/things/{id}": { get: { parameters: [{ name: "id", in: "path", required: true }] } },
      "/things": {
        get: { parameters: [{ name: "kind", in: "query", required: true, schema: { type: "string", enum: ["a"] } }] },
        post: { requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } } } },
      },
    },
    components: {
      schemas: {
        Thing: {
          type: "object",
          required: ["n"],
          properties: { n: { type: "array", items: { type: "number" } }, o: {} },
        },
      },
    },
  };
  expect(curlLine(body, "http://localhost:1/dev", { apiKey: "the-key", userHeader: () => undefined })).toBe(
    `curl 'http://localhost:1/dev/things' -H 'x-api-key: the-key' -H 'content-type: application/json' -d '{"n":[1]}'`,
  );
  const nobody = { apiKey: undefined, userHeader: () => undefined };
  const { post: _, ...reading } = body.paths["/things"];
  expect(curlLine({ paths: { "/things": reading } }, "http://localhost:1/dev", nobody)).toBe(
    "curl 'http://localhost:1/dev/things?kind=a'",
  );
});

test("what can't be guessed is left alone", () => {
  expect(exampleOf({ type: "string", pattern: "^[0-9]{40}x$" }, {})).toBeUndefined();
});

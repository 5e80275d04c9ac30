import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openApi } from "../../contracts/openapi";
import { contracts } from "../../tools/openapi/contracts";
import { recordsApi } from "../fixtures/records-api";

const folder = join(__dirname, "../../openapi");

it("has in openapi/ the document of each contract as it is, and no others (npm run openapi renews them)", () => {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const written = files.map((file) => [file, readFileSync(join(folder, file), "utf8")]);
  const documents = contracts().map((api) => [`${api.name}.json`, `${JSON.stringify(openApi(api), null, 2)}\n`]);

  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(documents));
});

describe.each([recordsApi, ...contracts()].map((api) => [api.name, api] as const))("the document of %s", (_, api) => {
  const document = openApi(api);

  it("gives every operation an id, a summary, its success and the refusals that any route may answer", () => {
    for (const [operationId, { path, method, summary }] of Object.entries(api.routes)) {
      const operation = document.paths[path]?.[method.toLowerCase()] as { responses: object };

      expect(operation).toMatchObject({ operationId, summary });
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["403", "429", "500"]));
      expect(Object.keys(operation.responses).some((status) => status.startsWith("2"))).toBe(true);
    }
  });
});

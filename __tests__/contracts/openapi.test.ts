import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Api } from "../../contracts/api";
import { dataProcessorApi } from "../../contracts/data-processor";
import { itemsApi } from "../../contracts/items";
import { openApi } from "../../contracts/openapi";
import { recordsApi } from "../../contracts/records";
import { userDirectoryApi } from "../../contracts/user-directory";

const apis: readonly Api[] = [dataProcessorApi, itemsApi, recordsApi, userDirectoryApi];

describe.each(apis.map((api) => [api.name, api] as const))("the document of %s", (name, api) => {
  const document = openApi(api);

  it("is written to openapi/ as it is (npm run openapi renews it)", () => {
    const committed = readFileSync(join(__dirname, `../../openapi/${name}.json`), "utf8");

    expect(committed).toBe(`${JSON.stringify(document, null, 2)}\n`);
  });

  it("gives every operation an id, a summary, its success and the refusals that any route may answer", () => {
    for (const [operationId, { path, method, summary }] of Object.entries(api.routes)) {
      const operation = document.paths[path]?.[method.toLowerCase()] as { responses: object };

      expect(operation).toMatchObject({ operationId, summary });
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["403", "429", "500"]));
      expect(Object.keys(operation.responses).some((status) => status.startsWith("2"))).toBe(true);
    }
  });
});

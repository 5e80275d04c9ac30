import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openApi } from "../../contracts/openapi";
import { contracts } from "../../tools/openapi/contracts";
import { notesApi } from "../fixtures/notes-api";
import { recordsApi } from "../fixtures/records-api";

const folder = join(__dirname, "../../openapi");

it("has in openapi/ the document of each contract as it is, and no others (npm run openapi renews them)", () => {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const written = files.map((file) => [file, readFileSync(join(folder, file), "utf8")]);
  const documents = contracts().map((api) => [`${api.name}.json`, `${JSON.stringify(openApi(api), null, 2)}\n`]);

  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(documents));
});

describe.each([recordsApi, notesApi, ...contracts()].map((api) => [api.name, api] as const))(
  "the document of %s",
  (_, api) => {
    const document = openApi(api);

    it("gives every operation an id, a summary, its success and the refusals that any route may answer", () => {
      for (const [operationId, { path, method, summary }] of Object.entries(api.routes)) {
        const operation = document.paths[path]?.[method.toLowerCase()] as { responses: object };

        expect(operation).toMatchObject({ operationId, summary });
        expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["403", "429", "500"]));
        expect(Object.keys(operation.responses).some((status) => status.startsWith("2"))).toBe(true);
      }
    });
  },
);

describe("operations of users", () => {
  const { paths, components } = openApi(notesApi);
  const read = paths["/notes/{noteId}"]?.["get"];

  it("ask for a bearer token, and for a key as well where the contract does", () => {
    expect(components.securitySchemes).toEqual({
      apiKey: { type: "apiKey", in: "header", name: "x-api-key" },
      users: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
    });
    expect(read?.["security"]).toEqual([{ users: [] }]);
    expect(paths["/notes/{noteId}"]?.["put"]?.["security"]).toEqual([{ users: [], apiKey: [] }]);
  });

  it("say of which scopes a token needs one, and that it may be refused", () => {
    expect(read).toMatchObject({
      description: "The token needs the scope `notes/read` or `notes/write`.",
      responses: {
        401: { description: "The token is missing, or not valid any more, or not for this API." },
        403: { description: "The caller may not do this." },
      },
    });
    expect(paths["/me"]?.["get"]).not.toHaveProperty("description");
    expect(paths["/count"]?.["get"]?.["responses"]).not.toHaveProperty("401");
  });
});

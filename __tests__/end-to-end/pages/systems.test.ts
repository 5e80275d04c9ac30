import { randomUUID } from "node:crypto";
import { type LocalSystem, startLocally } from "../../local/support/local-system";
import { eventually } from "../../support/eventually";
import { type Operator, releasedState, startOperator } from "../../support/pages/operator";
import { Shell } from "../../support/pages/shell";
import { type Elsewhere, walk } from "../../support/pages/walk";

jest.setTimeout(120_000);

let systems: Record<string, LocalSystem> = {};
const shells: Record<string, Shell> = {};
const shellOf = (name: string): Shell => shells[name] as Shell;

const names = ["records", "user-directory", "data-processor", "items", "user-management"];
beforeAll(async () => {
  systems = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await startLocally(name)] as const)));
  for (const [name, { url, apiKey, access }] of Object.entries(systems)) {
    shells[name] = new Shell(process.cwd(), { ...access, URL: url, KEY: apiKey }, {});
  }
});
afterAll(async () => {
  for (const shell of Object.values(shells)) shell.stop();
  for (const system of Object.values(systems)) await system.stop();
});

const started = (command: string): Elsewhere => ({
  command,
  by: "__tests__/end-to-end/start.test.ts",
  words: 'start("--port", "0", "--data", data)',
});

walk(
  "docs/systems/records.md",
  () => shellOf("records"),
  [
    {
      command: `curl -X POST "$URL/records" -H "x-api-key: $KEY" -H 'content-type: application/json' -d '{"source": "sensor-1", "kind": "temperature", "values": [20.5, 21, 21.5]}'`,
      fault: "whether it takes a record",
      shows: /"mean":21/,
    },
  ],
  [started("npm start")],
);

walk(
  "docs/systems/user-directory.md",
  () => shellOf("user-directory"),
  [
    {
      command: `curl "$URL/users" -H "x-api-key: $KEY" -H 'content-type: application/json' -d '{"userId": "ada", "email": "Ada@example.com", "name": "Ada Lovelace"}'`,
      fault: "whether it takes a user",
      shows: /"email":"ada@example.com"/,
    },
    {
      command: `curl "$URL/users/ada" -H "x-api-key: $KEY"`,
      fault: "who ada is",
      shows: /"name":"Ada Lovelace"/,
    },
    {
      command: `curl "$URL/users?email=ada@example.com" -H "x-api-key: $KEY"`,
      fault: "who has an address",
      shows: /"items":\[\{"userId":"ada"/,
    },
  ],
  [started("npm start -- user-directory")],
);

walk(
  "docs/systems/data-processor.md",
  () => shellOf("data-processor"),
  [
    { command: 'curl "$URL/hello"', fault: "whether its secret is there", shows: /"hasApiKey":true/ },
    {
      command: `curl "$URL/data" -H "x-api-key: $KEY" -H 'content-type: application/json' -d '{"data": [{"b": 1, "a": null}]}'`,
      fault: "what an item is known by",
      shows: /"sha256":"c0bf82ad036cb0a5a03d6759c1b7b8b1f70a39b32dd96ed3977c7f2831ee3b56"/,
    },
  ],
  [started("npm start -- data-processor")],
);

const asset = { id: "", upload: "" };
walk(
  "docs/systems/items.md",
  () => shellOf("items"),
  [
    {
      command: `curl "$URL/api/items" -H "x-api-key: $KEY" -H 'content-type: application/json' -d '{"name": "chair", "asset": {"contentType": "image/png", "bytes": 4711}}'`,
      fault: "where an asset goes",
      shows: /"upload":\{"url":"http/,
      leaves: (printed) => {
        const item = JSON.parse(/\{.*\}/s.exec(printed)?.[0] ?? "{}");
        Object.assign(asset, { id: item.id, upload: item.asset.upload.url });
      },
    },
    {
      command: `curl -T chair.png -H 'Content-Type: image/png' -H 'If-None-Match: *' "$UPLOAD_URL"`,
      fault: "the asset is not there yet",
      before: async () => {
        const folder = 'cd "$(mktemp -d)" && head -c 4711 /dev/zero >chair.png';
        await shellOf("items").run(`${folder} && export UPLOAD_URL='${asset.upload}' ID=${asset.id}`);
      },
    },
    {
      command: `curl "$URL/api/items/$ID" -H "x-api-key: $KEY"`,
      fault: "whether the asset has come",
      shows: /"download":\{"url":"http/,
    },
    {
      command:
        "aws dynamodb scan --region us-west-2 --table-name items-prod-items --query 'Items[].id.S' --output text --filter-expression 'attribute_exists(deletedAt) AND attribute_not_exists(expiresAt)'",
      fault: "a deletion was not answered, and nobody asked again",
      // The local run is of dev.
      filled: { "items-prod-items": "items-dev-items" },
      needs: "aws",
      before: async () => {
        const items = systems["items"] as LocalSystem;
        await items.deployWithout({ function: "items-dev-delete-item", action: "s3:PutObject" });
        expect((await items.ask("DELETE", `/api/items/${asset.id}`)).status).toBe(500);
        await items.deployChanged((text) => text);
      },
      shows: /^[0-9a-f-]{36}$/m,
      leaves: (printed) => expect(printed.trim()).toBe(asset.id),
    },
    {
      command: `curl -X DELETE "$URL/api/items/$ID" -H "x-api-key: $KEY"`,
      fault: "its asset is there still",
      leaves: async () => {
        const items = systems["items"] as LocalSystem;
        const left = `aws dynamodb get-item --region us-west-2 --table-name items-dev-items --key '{"list":{"S":"items"},"id":{"S":"${asset.id}"}}'`;
        expect((await shellOf("items").run(left)).printed).toContain('"expiresAt"');
        expect((await items.ask("DELETE", `/api/items/${asset.id}`)).status).toBe(404);
      },
    },
  ],
  [started("npm start -- items")],
);

walk(
  "docs/systems/user-management.md",
  () => shellOf("user-management"),
  [
    {
      command: `curl "$URL/users" -H "x-api-key: $KEY" -H 'content-type: application/json' -d '{"userId": "ada", "email": "ada@example.com", "name": "Ada"}'`,
      fault: "whether it takes a user",
      shows: /"userId":"ada"/,
    },
    {
      command: `curl "$URL/users/import" -H "x-api-key: $KEY" -H 'content-type: application/json' -d '{"users": [{"userId": "bob", "email": "bob@example.com", "name": "Bob"}]}'`,
      fault: "whether it takes an import",
      shows: /"importId":"/,
    },
  ],
  [started("npm start -- user-management")],
);

describe("redriving", () => {
  let operator: Operator;
  beforeAll(async () => {
    operator = await startOperator();
  });
  afterAll(() => operator.stop());

  const queue = "https://sqs.us-east-1.amazonaws.com/000000000000/user-management-dev-dev-failed-imports";
  const [first, second, third] = ["eve", "mallory", "trudy"].map((name) => `${name}-${randomUUID()}`) as [
    string,
    string,
    string,
  ];
  const people = [first, second, third].map((userId) => ({ userId, email: "a@example.com", name: userId }));
  /** User → the message that has the user. */
  const messages = new Map<string, string>();
  const stage = () => (systems["user-management"] as LocalSystem).at("dev");
  const remove = (userId: string) => stage().ask("DELETE", `/users/${userId}`);
  let isAboutState = false;

  walk(
    "docs/runbooks/redrive-imports.md",
    () => (isAboutState ? operator.shell : shellOf("user-management")),
    [
      {
        command: "npm run terraform -- user-management-prod output failed_imports_urls",
        fault: "which queue it is",
        needs: "terraform",
        before: async () => {
          isAboutState = true;
          const urls = { dev: "https://sqs/dev", qa: "https://sqs/qa", prod: "https://sqs/prod" };
          await operator.keep("user-management-prod", releasedState("user-management-prod"), {
            failed_imports_urls: urls,
          });
        },
        shows: /"prod" = "https:\/\/sqs\/prod"/,
      },
      {
        command: "npm run redrive -- <queue URL> --list",
        fault: "users of an import whose ids others have",
        filled: { "<queue URL>": queue },
        before: async () => {
          isAboutState = false;
          for (const { userId } of people)
            await stage().ask("POST", "/users", { body: { userId, email: "b@example.com", name: "Somebody else" } });
          await stage().ask("POST", "/users/import", { body: { users: people } });
          const waiting = async () =>
            (await shellOf("user-management").run(`npm run redrive -- '${queue}' --list`)).printed;
          await eventually(async () => ((await waiting()).includes("3 in the queue") ? true : undefined));
        },
        shows: /CONFLICT.*3 in the queue/s,
        leaves: (printed) => {
          for (const { userId } of people) {
            const line = printed.split("\n").find((text) => text.includes(userId)) ?? "";
            messages.set(userId, line.split(" ")[0] ?? "");
          }
        },
      },
      {
        command: "npm run redrive -- <queue URL> --drop --only 5fea7756-0ea4-451a-a703-a558b933e274",
        fault: "one import was wrong",
        filled: () => ({
          "<queue URL>": queue,
          "5fea7756-0ea4-451a-a703-a558b933e274": messages.get(first) ?? "",
        }),
        shows: /1 dropped, 2 in the queue/,
      },
      {
        command: "npm run redrive -- <queue URL> --only 5fea7756-0ea4-451a-a703-a558b933e274",
        fault: "one id has become free",
        filled: () => ({
          "<queue URL>": queue,
          "5fea7756-0ea4-451a-a703-a558b933e274": messages.get(second) ?? "",
        }),
        before: async () => void (await remove(second)),
        shows: /1 redriven, 1 in the queue/,
      },
      {
        command: "npm run redrive -- <queue URL>",
        fault: "the others' ids have become free",
        filled: { "<queue URL>": queue },
        before: async () => void (await remove(third)),
        shows: /1 redriven, 0 in the queue/,
        leaves: async () => {
          const made = async () => (await stage().ask("GET", `/users/${third}`)).body?.name === third;
          await eventually(async () => ((await made()) ? true : undefined));
          expect((await stage().ask("GET", `/users/${first}`)).body.name).toBe("Somebody else");
        },
      },
    ],
    [started("npm start -- user-management")],
  );
});

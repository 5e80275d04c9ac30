import { randomUUID } from "node:crypto";
import { eventually } from "../../support/eventually";
import { localShell, started } from "../../support/pages/local-shell";
import { type Operator, releasedState, startOperator } from "../../support/pages/operator";
import { walk } from "../../support/pages/walk";

jest.setTimeout(120_000);

const { shell, system } = localShell("user-management");

walk(
  "docs/systems/user-management.md",
  shell,
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
  const stage = () => system().at("dev");
  const remove = (userId: string) => stage().ask("DELETE", `/users/${userId}`);
  let isAboutState = false;

  walk(
    "docs/runbooks/redrive-imports.md",
    () => (isAboutState ? operator.shell : shell()),
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
          const waiting = async () => (await shell().run(`npm run redrive -- '${queue}' --list`)).printed;
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

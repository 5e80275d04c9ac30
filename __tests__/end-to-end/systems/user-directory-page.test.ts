import { localShell, started } from "../../support/pages/local-shell";
import { walk } from "../../support/pages/walk";

jest.setTimeout(120_000);

const { shell } = localShell("user-directory");

walk(
  "docs/systems/user-directory.md",
  shell,
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

import { localShell, started } from "../../support/pages/local-shell";
import { walk } from "../../support/pages/walk";

jest.setTimeout(120_000);

const { shell } = localShell("records");

walk(
  "docs/systems/records.md",
  shell,
  [
    {
      command: `curl -X POST "$URL/records" -H "x-api-key: $KEY" -H 'content-type: application/json' -d '{"source": "sensor-1", "kind": "temperature", "values": [20.5, 21, 21.5]}'`,
      fault: "whether it takes a record",
      shows: /"mean":21/,
    },
  ],
  [started("npm start")],
);

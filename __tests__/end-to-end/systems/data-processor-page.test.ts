import { localShell, started } from "../../support/pages/local-shell";
import { walk } from "../../support/pages/walk";

jest.setTimeout(120_000);

const { shell } = localShell("data-processor");

walk(
  "docs/systems/data-processor.md",
  shell,
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

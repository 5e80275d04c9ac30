import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checks } from "./account/checks";

/** Checks that need a person, and how they are made: reported with `--seen <name>`. */
export const byPerson: Readonly<Record<string, string>> = {
  "plan-without-account": "ACCOUNT=none TF_VAR_records_cursor_secret=any npx cdktf diff records-dev ends with a plan",
  update: "a change to a handler is deployed by npm run deploy, and answers",
  rollout: "npm run release brings a version in steps, and an alarm meanwhile brings the former back",
  "import-ids": "docs/leaving.md: terraform plan takes the resources by the ids that the output resources has",
  "github-trust": "the workflows plan a pull request and deploy the branch",
  destruction: "npx cdktf destroy ends, and a second deployment after it as well",
};

/** All that nothing but a live account can show, by name. */
export const claims: readonly string[] = [...Object.keys(checks), ...Object.keys(byPerson)].sort();

/** The claims that a report in a folder says have been seen. */
export function seenIn(folder: string): ReadonlySet<string> {
  const reports = readdirSync(folder).filter((file) => /^\d{4}-\d\d-\d\d-[\w-]+\.md$/.test(file));
  const passed = reports.flatMap((file) =>
    [...readFileSync(join(folder, file), "utf8").matchAll(/^\| `([\w-]+)` \| passed \|/gm)].map(
      ([, name = ""]) => name,
    ),
  );
  return new Set(passed);
}

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { filesBelow } from "./support/files-below";
import { synthesizedStack } from "./support/synthesized-stack";
import { systems } from "./support/systems";

const runbook = readFileSync("docs/runbooks/alarms.md", "utf8");
const sections = [...runbook.matchAll(/^## (\S+)$/gm)].map(([, title]) => title);

/** Each alarm's name and what its e-mail says. */
const alarms = systems.flatMap((system) =>
  Object.values(synthesizedStack(system, "prod").all("aws_cloudwatch_metric_alarm")).map(
    (alarm) => [alarm["alarm_name"] as string, alarm["alarm_description"] as string] as const,
  ),
);

const page = "https://github.com/example/terrace/blob/main/docs/runbooks/alarms.md#";

it("says what to do when an alarm fires, and where that is read, of each", () => {
  for (const [name, description] of alarms) {
    const [, section] = description.split(page);

    expect([name, sections.includes(section ?? "")]).toEqual([name, true]);
    expect(description).toMatch(/^[^.]+[^ ]\. https:/);
    expect(description.length).toBeLessThanOrEqual(1024);
  }
});

/** Of what `handlers/runtime` counts, for whichever stack watches it. */
const counted = ["activity-failures", "failures-published", "failures-not-published"];

it("has no section that no alarm of any construct leads to", () => {
  const constructs = filesBelow("constructs").map((file) => readFileSync(file, "utf8"));
  const named = constructs.flatMap((text) => text.match(/(?<=["#])[a-z0-9]+(-[a-z0-9]+)*(?=")/g) ?? []);
  const linked = new Set([...counted, ...named]);

  expect(sections.filter((section) => !linked.has(String(section)))).toEqual([]);
});

it.each([
  "alarms",
  "deployment-faults",
  "leave",
  "move-to-cdktn",
  "redrive",
  "rename-an-index",
  "restore-a-table",
  "rotate-keys-and-secrets",
])("links from %s to pages that are there", (name) => {
  const file = `docs/runbooks/${name}.md`;
  const links = [...readFileSync(file, "utf8").matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = ""]) => link);

  expect(links.filter((link) => !existsSync(join(dirname(file), link)))).toEqual([]);
});

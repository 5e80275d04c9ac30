import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
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

it.each(alarms)("says what to do when %s fires, and where that is read", (_, description) => {
  const [, section] = description.split(page);

  expect(sections).toContain(section);
  expect(description).toMatch(/^[^.]+[^ ]\. https:/);
  expect(description.length).toBeLessThanOrEqual(1024);
});

it("has no section that no alarm leads to", () => {
  const linked = new Set(alarms.map(([, description]) => description.split(page)[1]));

  expect(sections.filter((section) => !linked.has(section))).toEqual([]);
});

it.each([
  "alarms",
  "deployment-faults",
  "leave",
  "move-to-cdktn",
  "rename-an-index",
  "restore-a-table",
  "rotate-keys-and-secrets",
])("links from %s to pages that are there", (name) => {
  const file = `docs/runbooks/${name}.md`;
  const links = [...readFileSync(file, "utf8").matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = ""]) => link);

  expect(links.filter((link) => !existsSync(join(dirname(file), link)))).toEqual([]);
});

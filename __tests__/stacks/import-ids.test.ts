import { readFileSync } from "node:fs";
import { join } from "node:path";
import { synthesizedStack } from "../support/synthesized-stack";
import { systems } from "../support/systems";

const page = readFileSync(join(__dirname, "../../docs/runbooks/leave.md"), "utf8");
const [, section = ""] = page.split("What `import` takes");
const listed = [...section.matchAll(/`((?:aws|terraform)_\w+)`/g)].map(([, type = ""]) => type);

it.each(["account", ...systems])("says of each type of resource that %s has by which id it is imported", (system) => {
  for (const environment of ["dev", "prod"] as const) {
    const emitted = Object.keys(synthesizedStack(system, environment).json.resource);

    expect(emitted.filter((type) => !listed.includes(type))).toEqual([]);
  }
});

it("says so once of each", () => {
  expect([...listed].sort()).toEqual([...new Set(listed)].sort());
});

// Stands on: records
import { readFileSync } from "node:fs";
import { filesBelow } from "../../support/files-below";
import { commandsOf, pages } from "../../support/pages/commands";

it("walks every page that has commands", () => {
  const walked = filesBelow("__tests__/end-to-end").flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(/\bwalk\(\s*"([^"]+)"/g)].map(([, page = ""]) => page),
  );

  expect(walked.sort()).toEqual(pages.filter((page) => commandsOf(page).length > 0).sort());
});

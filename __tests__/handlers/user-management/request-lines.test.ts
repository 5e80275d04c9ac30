import { userManagementApi } from "../../../contracts/user-management";
import { linesOf, testRequestLines } from "../../support/request-lines";
import { startUserManagement } from "../../support/user-management";

testRequestLines(userManagementApi, startUserManagement);

it("events have a line, too, that says how they came out", async () => {
  const users = await startUserManagement();
  const { output } = await users.importUser.give({ nothing: "that it knows" });
  await users.stop();

  expect(linesOf(output).filter(({ message }) => message === "event")).toMatchObject([
    { level: "INFO", outcome: "INTERNAL_ERROR", ms: expect.any(Number), cold_start: true },
  ]);
  expect(output.join()).not.toContain("that it knows");
});

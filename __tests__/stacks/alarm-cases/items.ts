import { averageOver, faults } from "../../support/alarms/cases";
import { type AlarmCases, functionCases, stageCases, tableCases } from "../../support/alarms/usual-cases";

export const cases: AlarmCases = {
  ...functionCases,
  ...stageCases,
  "*-errors": faults(1, [2, 2]),
  "*-duration": averageOver("Duration", 25_000, [3, 3]),
  ...tableCases("GetItem", "PutItem", "Query"),
};

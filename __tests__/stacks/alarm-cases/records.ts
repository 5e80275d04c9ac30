import { atLeastOne } from "../../support/alarms/cases";
import { type AlarmCases, archiveCases, functionCases, stageCases, tableCases } from "../../support/alarms/usual-cases";

export const cases: AlarmCases = {
  ...functionCases,
  ...archiveCases,
  ...stageCases,
  "activity-failures": atLeastOne("ActivityWriteFailed"),
  ...tableCases("GetItem", "PutItem", "Query", "UpdateItem"),
};

import { rateOver } from "../../support/alarms/cases";
import { type AlarmCases, archiveCases, functionCases, stageCases, tableCases } from "../../support/alarms/usual-cases";

export const cases: AlarmCases = {
  ...functionCases,
  ...archiveCases,
  ...stageCases,
  "*-error-rate": [...rateOver(5, ["Errors", "Invocations"]), ...rateOver(5, ["Faults", "Invocations"])],
  ...tableCases("GetItem", "PutItem", "Query"),
};

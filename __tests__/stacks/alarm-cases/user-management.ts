import { atLeastOne, averageOver } from "../../support/alarms/cases";
import { type AlarmCases, archiveCases, functionCases, stageCases, tableCases } from "../../support/alarms/usual-cases";

export const cases: AlarmCases = {
  ...functionCases,
  ...archiveCases,
  ...stageCases,
  "*-duration": averageOver("Duration", 25_000, [2, 2]),
  "*-waiting": atLeastOne("ApproximateNumberOfMessagesVisible"),
  "*-arrived": atLeastOne("NumberOfMessagesSent"),
  "*-lost-events": atLeastOne("DestinationDeliveryFailures"),
  "activity-failures": atLeastOne("ActivityWriteFailed"),
  ...tableCases("PutItem", "Query", "UpdateItem"),
};

import { atLeastOne } from "../../support/alarms/cases";
import { type AlarmCases, functionCases, stageCases } from "../../support/alarms/usual-cases";

export const cases: AlarmCases = {
  ...functionCases,
  ...stageCases,
  "failures-published": atLeastOne("NumberOfMessagesPublished"),
  "failures-not-published": atLeastOne("FailureNotPublished"),
};

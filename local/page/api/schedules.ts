import type { Outcome } from "../../scheduler/invocations";
import type { ScheduleState } from "../../scheduler/scheduler";
import { shortArn } from "../reason";
import { type Endpoint, notThere, textOf } from "./endpoint";

/** So many of the next times are told. */
const NEXT_TIMES = 5;

const outcomeOf = ({ executionId, scheduledAt, attempts, result, error }: Outcome) => ({
  ...{ executionId, scheduledAt, attempts, result },
  error,
});

const scheduleOf = ({ schedule, next, outcomes }: ScheduleState) => {
  const { name, arn, expression, timetable, windowMinutes, enabled, target } = schedule;
  const { start, end, timeZone } = timetable;
  return {
    ...{ name, arn, expression, timeZone, windowMinutes, start, end, enabled, next },
    target: shortArn(target.arn),
    input: target.input,
    deadLetters: target.deadLetterArn === undefined ? undefined : shortArn(target.deadLetterArn),
    retryAttempts: target.maximumRetryAttempts,
    outcomes: outcomes.map(outcomeOf),
  };
};

export const scheduleEndpoints: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/api/schedules",
    operationId: "listSchedules",
    summary: "The schedules of the systems: when each is due next, and what became of its last invocations",
    answer: async (_, { runner }) => ({ schedules: (await runner.scheduled(NEXT_TIMES)).map(scheduleOf) }),
  },
  {
    method: "POST",
    path: "/api/schedules/fire",
    operationId: "fireSchedule",
    summary: "Invokes a schedule's target now, as if it were due; answers with what became of the first attempt",
    body: { arn: "the schedule's ARN" },
    async answer({ body }, { runner }) {
      const arn = textOf(body, "arn");
      const outcome = await runner.fire(arn);
      if (!outcome) throw notThere(`schedule ${arn}`);
      return outcomeOf(outcome);
    },
  },
];

import { messageOf } from "../../../lib/user-error";
import { rangeOf, seriesOf } from "../metrics/alarm";
import { widgetsOf } from "../metrics/dashboard";
import type { Monitor } from "../metrics/monitor";
import type { Watched } from "../metrics/watch";
import { type Endpoint, PageError } from "./endpoint";

const minuteMs = 60_000;
/** So many periods of an alarm are drawn. */
const DRAWN_PERIODS = 24;

/** In how many minutes an alarm fires at the earliest, if all breaches from now on. */
function minutesToFire({ alarm, state }: Watched, points: readonly (number | null)[]): number | undefined {
  if (state === "ALARM") return undefined;
  const { datapoints, periods, period, operator, threshold } = alarm;
  const breaches = (value: number | null | undefined) =>
    typeof value === "number" &&
    (operator.startsWith("Less")
      ? value < threshold
      : value > threshold || (operator.includes("OrEqual") && value === threshold));
  const last = points.slice(-(periods - 1 || 1)).slice(periods === 1 ? 1 : 0);
  return Math.max(1, datapoints - last.filter(breaches).length) * period;
}

function alarmView(monitor: Monitor, watched: Watched) {
  const { alarm, system, state, since, unknown, changes } = watched;
  const end = monitor.alarms.minute;
  const points =
    unknown === undefined ? seriesOf(alarm, monitor.measurements, Math.max(DRAWN_PERIODS, rangeOf(alarm)), end) : [];
  const { name, description, operator, threshold, datapoints, periods, period, missing, queries } = alarm;
  return {
    ...{
      system,
      name,
      description,
      state,
      since,
      unknown,
      changes,
      operator,
      threshold,
      datapoints,
      periods,
      period,
      missing,
    },
    expression: queries.find(({ returned }) => returned)?.expression,
    metrics: queries.flatMap(({ id, metric }) =>
      metric ? [{ id, ...metric.metric, statistic: metric.statistic }] : [],
    ),
    points,
    end: end * minuteMs,
    minutesToFire: unknown === undefined ? minutesToFire(watched, points) : undefined,
  };
}

function minutesOf(query: URLSearchParams, name: string, otherwise: number | undefined): number | undefined {
  const text = query.get(name);
  if (text === null || text === "") return otherwise;
  const minutes = Number(text);
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= 240) return minutes;
  throw new PageError(400, `${name} must be a whole number of minutes, 1–240, got ${text}`);
}

export const watchingEndpoints: readonly Endpoint[] = [
  {
    method: "GET",
    path: "/api/alarms",
    operationId: "listAlarms",
    summary: "The stacks' alarms, evaluated over what happened here, with their series and changes",
    answer: (_, { monitor }) => ({
      now: monitor.now(),
      alarms: monitor.alarms.all.map((watched) => alarmView(monitor, watched)),
    }),
  },
  {
    method: "GET",
    path: "/api/dashboards",
    operationId: "listDashboards",
    summary: "The stacks' own dashboards with the series of their widgets",
    query: {
      minutes: "how far back, up to 240; an hour if it is left out",
      period: "of the points, in minutes, in place of the widgets' own",
    },
    answer({ query }, { runner, monitor }) {
      const minutes = minutesOf(query, "minutes", 60) ?? 60;
      const period = minutesOf(query, "period", undefined);
      // The minute that runs is drawn, too: whoever tries something wants to see it.
      const end = monitor.alarms.minute + 1;
      const range = { measurements: monitor.measurements, minutes, end, period };
      return {
        end: end * minuteMs,
        dashboards: runner.systems.flatMap(({ name: system, watching }) =>
          watching.dashboards.map(({ name, body }) => {
            try {
              return { system, name, widgets: widgetsOf(body, range) };
            } catch (error) {
              return { system, name, widgets: [], unknown: messageOf(error) };
            }
          }),
        ),
      };
    },
  },
];

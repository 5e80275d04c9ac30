import { messageOf } from "../../../lib/user-error";
import type { Runner } from "../../run/runner";
import { type Alarm, type AlarmState, alarmOf, hasTooFew, notEvaluated, rangeOf, seriesOf, stateOf } from "./alarm";
import type { Measurements } from "./measurements";

/** An alarm with its state. */
export interface Watched {
  readonly system: string;
  readonly alarm: Alarm;
  readonly state: AlarmState;
  /** Since when, in milliseconds since 1970, by the clock of the metrics. */
  readonly since: number;
  /** Why it is not evaluated here. */
  readonly unknown: string | undefined;
  /** The last changes, the newest first. */
  readonly changes: readonly Change[];
}

export interface Change {
  readonly at: number;
  readonly from: AlarmState;
  readonly to: AlarmState;
  /** ARNs of the topics that were notified. */
  readonly actions: readonly string[];
}

/** Publishes to a topic. */
export type Notify = (topicArn: string, subject: string, message: string) => Promise<void>;

export interface WatchOptions {
  readonly runner: Pick<Runner, "systems">;
  readonly measurements: Measurements;
  /** By the clock of the metrics. */
  readonly now: () => number;
  readonly notify: Notify;
  readonly problem: (message: string) => void;
}

/** An evaluated alarm, and its change of state, if any. */
interface Evaluation {
  readonly watched: Watched;
  readonly change?: Change;
}

const MOST_CHANGES = 20;
const minuteMs = 60_000;

/** Evaluates the alarms of what runs, once in each minute of the metrics' clock. */
export class AlarmWatch {
  private watched = new Map<string, Watched>();

  constructor(private readonly options: WatchOptions) {}

  /** All alarms, as they were evaluated last. */
  get all(): readonly Watched[] {
    return [...this.watched.values()];
  }

  /** The minute that runs, of which nothing is known for sure. */
  get minute(): number {
    return Math.floor(this.options.now() / minuteMs);
  }

  /** Evaluates all alarms, by the minutes that have ended. */
  async evaluate(): Promise<void> {
    const next = new Map<string, Watched>();
    const changes: (() => Promise<void>)[] = [];
    for (const { name: system, watching } of this.options.runner.systems) {
      for (const attributes of watching.alarms) {
        const alarm = alarmOf(attributes);
        const key = `${system} ${alarm.name}`;
        const known = this.watched.get(key);
        const { watched, change } = this.evaluateOne(system, alarm, known);
        next.set(key, watched);
        if (change) changes.push(() => this.notify(watched, change));
      }
    }
    this.watched = next;
    for (const notify of changes) await notify();
  }

  private evaluateOne(system: string, alarm: Alarm, known: Watched | undefined): Evaluation {
    const at = this.minute * minuteMs;
    const before = known?.state ?? "INSUFFICIENT_DATA";
    const fresh = { system, alarm, state: before, since: known?.since ?? at, changes: known?.changes ?? [] };
    const unknown = notEvaluated(alarm);
    if (unknown !== undefined) return { watched: { ...fresh, unknown } };
    try {
      const { measurements } = this.options;
      const end = this.minute;
      if (hasTooFew(alarm, measurements, end)) return { watched: { ...fresh, unknown: undefined } };
      const state = stateOf(alarm, seriesOf(alarm, measurements, rangeOf(alarm), end), before);
      if (state === before) return { watched: { ...fresh, unknown: undefined } };
      const change: Change = { at, from: before, to: state, actions: alarm.actions[state] };
      const changes = [change, ...fresh.changes].slice(0, MOST_CHANGES);
      // What it is found in first is no news.
      const isNews = known !== undefined;
      return { watched: { ...fresh, state, since: at, changes, unknown: undefined }, ...(isNews ? { change } : {}) };
    } catch (error) {
      return { watched: { ...fresh, unknown: messageOf(error) } };
    }
  }

  private async notify({ alarm }: Watched, { at, from, to, actions }: Change): Promise<void> {
    const of = `${alarm.datapoints} of ${alarm.periods}`;
    const reason = `${to}: ${of} periods of ${alarm.period} min against ${alarm.operator} ${alarm.threshold}`;
    const message = JSON.stringify({
      AlarmName: alarm.name,
      AlarmDescription: alarm.description,
      NewStateValue: to,
      OldStateValue: from,
      NewStateReason: reason,
      StateChangeTime: new Date(at).toISOString(),
    });
    for (const topic of actions.filter((action) => action.includes(":sns:"))) {
      // The rest of its text is the region's name, which nobody needs here.
      await this.options.notify(topic, `${to}: "${alarm.name}"`.slice(0, 100), message).catch((error: unknown) => {
        this.options.problem(`alarm ${alarm.name} could not notify ${topic}: ${messageOf(error)}`);
      });
    }
  }
}

import { messageOf } from "../../lib/user-error";
import type { Attributes } from "./arguments";
import type { Graph } from "./graph";

/** The alarms and dashboards of a stack. */
export interface Watching {
  /** Alarms, their arguments as in Terraform. */
  readonly alarms: readonly Attributes[];
  readonly dashboards: readonly { readonly name: string; readonly body: string }[];
  /** Why some of it can't be read, which is no reason not to start. */
  readonly unread: readonly string[];
}

/** The alarms and dashboards of a stack. */
export function watchingOf(graph: Graph): Watching {
  const unread: string[] = [];
  const all = (type: string) => {
    try {
      return graph.declared(type);
    } catch (error) {
      unread.push(messageOf(error));
      return [];
    }
  };
  const alarms = all("aws_cloudwatch_metric_alarm").map(({ attributes }) => attributes);
  const dashboards = all("aws_cloudwatch_dashboard").map(({ attributes }) => ({
    name: String(attributes["dashboard_name"] ?? ""),
    body: String(attributes["dashboard_body"] ?? "{}"),
  }));
  return { alarms, dashboards, unread };
}

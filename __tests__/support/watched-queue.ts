import type { Construct } from "constructs";
import { Queue, type QueueProps } from "../../constructs/events/queue";
import { Alarms } from "../../constructs/observability/alarms";

/** A queue that an alarm watches, as one of what failed for good has to be. */
export function watchedQueue(scope: Construct, id: string, props?: QueueProps): Queue {
  const queue = new Queue(scope, id, props);
  new Alarms(scope, `${id}-alarms`).watchDeadLetters(queue);
  return queue;
}

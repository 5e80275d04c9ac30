import { CloudwatchEventBus } from "@cdktf/provider-aws/lib/cloudwatch-event-bus";
import { Construct } from "constructs";
import type { NodeFunction } from "../compute/node-function";
import { StackContext } from "../synth/stack-context";

/**
 * An event bus of EventBridge.
 *
 * @example
 * const bus = new EventBus(this, "bus");
 * bus.grant(getThing, "PutEvents");
 */
export class EventBus extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const bus = new CloudwatchEventBus(this, "Default", { name: StackContext.of(this).nameOf(this) });
    this.name = bus.name;
    this.arn = bus.arn;
  }

  /** Lets a function put events. */
  grant(grantee: NodeFunction, operation: "PutEvents"): void {
    grantee.allow({ actions: [`events:${operation}`], resources: [this.arn] });
    grantee.calls("events");
  }
}

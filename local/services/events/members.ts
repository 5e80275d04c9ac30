import type { Members } from "../members";

/** The members of EventBridge's operations. (EventBridge API reference, the operations' pages) */
export const eventsMembers: Readonly<Record<string, Members>> = {
  PutEvents: {
    Entries: {
      each: {
        Time: "honoured",
        Source: "honoured",
        Resources: "honoured",
        DetailType: "honoured",
        Detail: "honoured",
        EventBusName: "honoured",
        TraceHeader: { harmless: "a trace goes on by the request's own header" },
      },
    },
    EndpointId: "refused",
  },
  TestEventPattern: { EventPattern: "honoured", Event: "honoured" },
};

/**
 * Severity of a change: `risk` loses data, widens rights, opens something or breaks clients; `notice` is noticed by
 * somebody; `info` is the rest.
 */
export type Severity = "risk" | "notice" | "info";

/** One thing that changes in a stack, in words. */
export interface Change {
  readonly severity: Severity;
  readonly about:
    | "data"
    | "rights"
    | "access"
    | "api"
    | "limits"
    | "functions"
    | "alarms"
    | "cost"
    | "resources"
    | "setup";
  readonly text: string;
}

/** A change of a stack. */
export interface StackChange extends Change {
  readonly stack: string;
}

/** Makes changes about one thing. */
export const changesAbout =
  (about: Change["about"]) =>
  (severity: Severity, text: string): Change => ({ severity, about, text });

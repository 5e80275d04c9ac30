import { createSocket } from "node:dgram";
import { isObject } from "../../lib/json";

/** A segment or subsegment document, as a function sent it: `trace_id`, `parent_id`, `name`, `subsegments` and so on. */
export type Segment = Readonly<Record<string, unknown>>;

/** X-Ray's daemon, as far as functions see it. */
export interface TraceDaemon {
  /** Address for datagrams: `127.0.0.1:40000`. */
  readonly address: string;
  stop(): void;
}

/** The documents of a datagram: after a line that says how they are written, one a line. What is none is dropped. */
export function segmentsIn(datagram: string): readonly Segment[] {
  const [header = "", ...lines] = datagram.split("\n");
  const parse = (text: string): Segment[] => {
    try {
      const value: unknown = JSON.parse(text);
      return isObject(value) ? [value] : [];
    } catch {
      return [];
    }
  };
  const [announced] = parse(header);
  if (announced?.["format"] !== "json" || announced["version"] !== 1) return [];
  return lines.flatMap(parse).filter((segment) => typeof segment["trace_id"] === "string");
}

/** Collects the segments of functions, on a port of this machine that nobody else has. */
export async function startTraceDaemon(onSegment: (segment: Segment) => void): Promise<TraceDaemon> {
  const socket = createSocket("udp4");
  socket.on("message", (datagram) => {
    for (const segment of segmentsIn(datagram.toString("utf8"))) onSegment(segment);
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(0, "127.0.0.1", () => {
      socket.off("error", reject);
      // A datagram that can't be read is a trace lost, and no reason to end.
      socket.on("error", () => undefined);
      resolve();
    });
  });
  return { address: `127.0.0.1:${socket.address().port}`, stop: () => void socket.close() };
}

import type { Socket } from "node:dgram";
import { optionalEnv } from "./env";

/** A segment document as X-Ray takes it (developer guide, "X-Ray segment documents"). */
export type Document = Readonly<Record<string, unknown>>;

/** Header of each document (X-Ray developer guide, "Sending trace data to X-Ray": the daemon). */
const header = '{"format": "json", "version": 1}\n';

const [, host, port] = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(optionalEnv("AWS_XRAY_DAEMON_ADDRESS") ?? "") ?? [];

let socket: Promise<Socket> | undefined;

/** Traces are worth nothing to who waits for an answer: a daemon that is not there costs the trace, and nothing else. */
const ignore = (): void => undefined;

async function open(): Promise<Socket> {
  // Loaded by nobody else here, and slow to begin with.
  const { createSocket } = await import("node:dgram");
  // An address is what it is: without this, it would go through the resolver.
  const made = createSocket({ type: "udp4", lookup: (address, _, done) => done(null, address, 4) });
  made.on("error", ignore);
  made.unref();
  // Once, so that each datagram goes to the system straight away.
  await new Promise<void>((resolve) => made.connect(Number(port), host, resolve));
  return made;
}

async function deliver(document: Document): Promise<void> {
  socket ??= open();
  (await socket).send(header + JSON.stringify(document));
}

/**
 * Sends a document to the X-Ray daemon that Lambda runs beside the function, by one datagram. Only when the answer is on
 * its way: the first one alone takes some milliseconds. What Lambda stops the environment over goes out when it goes on.
 */
export function send(document: Document): void {
  if (host) setImmediate(() => deliver(document).catch(ignore));
}

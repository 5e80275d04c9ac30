import { createSocket } from "node:dgram";
import { segmentsIn } from "../../local/lambda/trace-daemon";

/** A call of AWS, or what an invocation was for, as X-Ray receives it. */
// biome-ignore lint/suspicious/noExplicitAny: tests read any of it, and a wrong path fails them
export type Document = any;

/** A stand-in for X-Ray's daemon. */
export interface Daemon {
  readonly address: string;
  readonly datagrams: readonly string[];
  /** Waits until so many datagrams have come since the last time, and gives their documents. */
  next(count: number): Promise<Document[]>;
  /** Waits until a document of that name has come since the last time, and gives all that came. */
  named(name: string): Promise<Document[]>;
  stop(): Promise<void>;
}

/** Takes datagrams on a port of its own. */
export async function startDaemon(): Promise<Daemon> {
  const socket = createSocket("udp4");
  const datagrams: string[] = [];
  let taken = 0;
  let look = (): void => undefined;
  socket.on("message", (datagram) => {
    datagrams.push(datagram.toString());
    look();
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", () => resolve()));
  const waitFor = (isEnough: (documents: readonly Document[], count: number) => boolean): Promise<Document[]> =>
    new Promise((resolve) => {
      look = () => {
        const documents = datagrams.slice(taken).flatMap((datagram) => segmentsIn(datagram));
        if (!isEnough(documents, datagrams.length - taken)) return;
        look = () => undefined;
        taken = datagrams.length;
        resolve(documents);
      };
      look();
    });
  return {
    address: `127.0.0.1:${socket.address().port}`,
    datagrams,
    next: (count) => waitFor((_, arrived) => arrived >= count),
    named: (name) => waitFor((documents) => documents.some((document) => document.name === name)),
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

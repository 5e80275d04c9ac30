import { connect, type Socket } from "node:net";
import { median } from "./table";

/** Results of a load. */
export interface Load {
  readonly perSecond: number;
  /** Milliseconds in the middle. */
  readonly p50: number;
  /** Answers other than 200. */
  readonly failed: number;
}

/** One connection that is kept: Node's own client takes longer than what is measured. */
class Connection {
  private readonly socket: Socket;
  private received = "";
  private answered: (status: number) => void = () => undefined;

  constructor(
    url: URL,
    private readonly request: string,
  ) {
    this.socket = connect(Number(url.port), "127.0.0.1").setNoDelay().setEncoding("latin1");
    this.socket.on("data", (chunk: string) => {
      this.received += chunk;
      const head = this.received.indexOf("\r\n\r\n");
      const length = /content-length: (\d+)/i.exec(this.received)?.[1];
      if (head < 0 || length === undefined || this.received.length < head + 4 + Number(length)) return;
      const status = Number(this.received.slice(9, 12));
      this.received = "";
      this.answered(status);
    });
    // A connection that is lost answers nothing good.
    this.socket.on("close", () => this.answered(0));
  }

  ask(): Promise<number> {
    return new Promise((resolve) => {
      this.answered = resolve;
      this.socket.write(this.request);
    });
  }

  close(): void {
    this.socket.destroy();
  }
}

export interface LoadSettings {
  readonly connections?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Body to post. @default none: the request is a GET */
  readonly body?: string;
}

/** Sends so many requests over so many connections, each after the answer to the one before. */
export async function load(address: string, requests: number, settings: LoadSettings = {}): Promise<Load> {
  const { connections = 1, headers = {}, body } = settings;
  const url = new URL(address);
  const length = body === undefined ? {} : { "Content-Length": String(Buffer.byteLength(body)) };
  const lines = Object.entries({ Host: url.host, ...length, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const method = body === undefined ? "GET" : "POST";
  const request = `${method} ${url.pathname} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`;
  const times: number[] = [];
  let failed = 0;
  let left = requests;
  const started = performance.now();
  const use = async (connection: Connection) => {
    while (left > 0) {
      left -= 1;
      const before = performance.now();
      if ((await connection.ask()) !== 200) failed += 1;
      times.push(performance.now() - before);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, () => use(new Connection(url, request))));
  return { perSecond: (requests / (performance.now() - started)) * 1000, p50: median(times), failed };
}

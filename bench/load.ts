import { Agent, get, type RequestOptions } from "node:http";
import { median } from "./table";

/** What a load came to. */
export interface Load {
  readonly perSecond: number;
  /** Milliseconds in the middle. */
  readonly p50: number;
  /** Answers other than 200. */
  readonly failed: number;
}

function ask(options: RequestOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    get(options, (response) => {
      response.resume().once("end", () => resolve(response.statusCode ?? 0));
    }).once("error", reject);
  });
}

/** Sends so many requests over so many connections, each after the answer to the one before. */
export async function load(url: string, requests: number, { connections = 1, headers = {} } = {}): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port, pathname } = new URL(url);
  const options = { agent, hostname, port, path: pathname, headers };
  const times: number[] = [];
  let failed = 0;
  let left = requests;
  const started = performance.now();
  const connection = async () => {
    while (left > 0) {
      left -= 1;
      const before = performance.now();
      if ((await ask(options)) !== 200) failed += 1;
      times.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  agent.destroy();
  return { perSecond: (requests / (performance.now() - started)) * 1000, p50: median(times), failed };
}

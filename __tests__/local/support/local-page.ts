import { steadyNow } from "../../../local/lib/clock";
import { Recorder } from "../../../local/page/recorder";
import { Page } from "../../../local/page/server";
import type { Runner } from "../../../local/run/runner";
import { type LocalSystem, startLocally } from "./local-system";

/** An answer of the page's interface. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read any of it, and a wrong path fails them
  readonly body: any;
}

/** A page of whatever runs. */
export interface OpenPage {
  /** Without a slash at the end. */
  readonly url: string;
  readonly recorder: Recorder;
  readonly problems: readonly string[];
  /** Metrics, and the alarms over them. */
  readonly monitor: Page["monitor"];
  /** Lets the metrics' clock go on, and evaluates the alarms. */
  pass(minutes: number): Promise<void>;
  get(path: string, headers?: Record<string, string>): Promise<PageAnswer>;
  /** With the token, unless the headers say otherwise. */
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<PageAnswer>;
  stop(): Promise<void>;
}

/** A system on this machine, and its page. */
export interface LocalPage extends OpenPage {
  readonly system: LocalSystem;
}

async function answerOf(response: Response): Promise<PageAnswer> {
  return { status: response.status, headers: response.headers, body: await response.json() };
}

export async function startPage(name: string, base?: Parameters<typeof startLocally>[1]): Promise<LocalPage> {
  const recorder = new Recorder();
  const system = await startLocally(name, base, recorder);
  return { system, ...(await openPage(system, recorder)) };
}

/** Opens the page of what runs. @param recorder has its events from the beginning */
export async function openPage(
  { runner, stop }: { readonly runner: Runner; stop(): Promise<void> },
  recorder: Recorder,
): Promise<OpenPage> {
  const systems = runner.listeners.describe();
  recorder.record({ event: "ready", systems, schedules: [], access: await runner.access(), ms: 1 });
  const problems: string[] = [];
  let ahead = 0;
  const page = new Page({
    runner,
    recorder,
    root: process.cwd(),
    now: () => steadyNow() + ahead,
    port: 0,
    orAny: false,
    problem: (message) => void problems.push(message),
  });
  const url = (await page.open()).replace(/\/$/, "");
  const session = (await (await fetch(`${url}/api/session`)).json()) as { token: string };
  return {
    url,
    recorder,
    problems,
    monitor: page.monitor,
    pass: async (minutes) => {
      ahead += minutes * 60_000;
      await page.monitor.evaluate();
    },
    get: async (path, headers = {}) => answerOf(await fetch(`${url}${path}`, { headers })),
    post: async (path, body = {}, headers = {}) => {
      const all = { "content-type": "application/json", "x-page-token": session.token, ...headers };
      return answerOf(await fetch(`${url}${path}`, { method: "POST", headers: all, body: JSON.stringify(body) }));
    },
    stop: async () => {
      page.close();
      await stop();
    },
  };
}

import { SourceMap } from "node:module";
import { pathToFileURL } from "node:url";
import { eventually } from "./eventually";
import { openTextSocket, type TextSocket } from "./web-socket";

// biome-ignore lint/suspicious/noExplicitAny: the protocol's messages are as they are
type Message = any;

interface Breakpoint {
  readonly url: string;
  readonly line: number;
  /** Where it is: in threads, by their ids there. */
  readonly set: { readonly thread: string | undefined; readonly breakpointId: string }[];
}

/** A function that stands at a breakpoint. */
export interface Stop {
  readonly file: string;
  readonly line: number;
  /** The value of an expression there. */
  evaluate(expression: string): Promise<unknown>;
  goOn(): void;
}

/** No line of a source's is longer in a script. */
const LONGEST_LINE = 200;

/** Where a line of a source is in a script: of its places the first. */
function placeIn(map: SourceMap, { url, line }: Breakpoint): { lineNumber: number; columnNumber: number } | undefined {
  const lines = map.payload.sources.includes(url) ? map.payload.mappings.split(";").length : 0;
  for (let lineNumber = 0; lineNumber < lines; lineNumber += 1) {
    for (let columnNumber = 0; columnNumber < LONGEST_LINE; columnNumber += 1) {
      const entry = map.findEntry(lineNumber, columnNumber);
      if (!("originalSource" in entry) || entry.generatedLine !== lineNumber) continue;
      if (entry.originalSource === url && entry.originalLine === line - 1) return { lineNumber, columnNumber };
    }
  }
  return undefined;
}

const mapOf = (sourceMapUrl: string): SourceMap | undefined => {
  const base64 = /^data:application\/json;[^,]*base64,(.*)$/s.exec(sourceMapUrl)?.[1];
  return base64 === undefined ? undefined : new SourceMap(JSON.parse(Buffer.from(base64, "base64").toString("utf8")));
};

/** A debugger as editors have one: it attaches to a process and its threads, and sets breakpoints by lines of sources. */
export class Debugger {
  readonly stops: Stop[] = [];
  private readonly breakpoints: Breakpoint[] = [];
  private readonly waiting = new Map<string, (result: Message) => void>();
  /** Of threads' scripts. */
  private readonly maps = new Map<string, SourceMap>();
  private last = 0;

  private constructor(private readonly socket: Promise<TextSocket>) {}

  static async attach(url: string): Promise<Debugger> {
    let hear = (_text: string): void => undefined;
    const attached = new Debugger(openTextSocket(url, (text) => hear(text)));
    hear = (text) => attached.hear(JSON.parse(text));
    await attached.ask(undefined, "NodeWorker.enable", { waitForDebuggerOnStart: true });
    return attached;
  }

  /** Has functions that come to a line of a file stop there. @returns takes it away */
  async breakAt(file: string, line: number): Promise<() => void> {
    const breakpoint: Breakpoint = { url: pathToFileURL(file).href, line, set: [] };
    this.breakpoints.push(breakpoint);
    for (const script of this.maps.keys()) await this.breakIn(script, breakpoint);
    return () => {
      this.breakpoints.splice(this.breakpoints.indexOf(breakpoint), 1);
      for (const { thread, breakpointId } of breakpoint.set) {
        void this.ask(thread, "Debugger.removeBreakpoint", { breakpointId });
      }
    };
  }

  /** Waits until a function stands at a line of a file. */
  stopAt(file: string, line: number): Promise<Stop> {
    return eventually(() => {
      const at = this.stops.findIndex((stop) => stop.file === file && stop.line === line);
      return at < 0 ? undefined : this.stops.splice(at, 1)[0];
    });
  }

  async close(): Promise<void> {
    (await this.socket).close();
  }

  /** @param thread - undefined for the process itself */
  private async ask(thread: string | undefined, method: string, params: object = {}): Promise<Message> {
    this.last += 1;
    const id = this.last;
    const answer = new Promise<Message>((resolve) => this.waiting.set(`${thread} ${id}`, resolve));
    const message = JSON.stringify({ id, method, params });
    if (thread === undefined) (await this.socket).send(message);
    else void this.ask(undefined, "NodeWorker.sendMessageToWorker", { sessionId: thread, message });
    return answer;
  }

  private hear({ id, method, params, result, error }: Message, thread?: string): void {
    if (id !== undefined) this.waiting.get(`${thread} ${id}`)?.(result ?? error);
    else if (method === "NodeWorker.attachedToWorker") void this.enter(params.sessionId);
    else if (method === "NodeWorker.detachedFromWorker") this.leave(params.sessionId);
    else if (method === "NodeWorker.receivedMessageFromWorker") this.hear(JSON.parse(params.message), params.sessionId);
    else if (method === "Debugger.scriptParsed" && params.sourceMapURL) {
      const map = mapOf(params.sourceMapURL);
      if (map) this.maps.set(`${thread} ${params.scriptId}`, map);
    } else if (method === "Debugger.paused" && thread !== undefined) void this.paused(thread, params);
  }

  private async enter(thread: string): Promise<void> {
    void this.ask(thread, "Debugger.enable");
    // So that a breakpoint is there before the script that has it runs.
    const instrumentation = "beforeScriptWithSourceMapExecution";
    void this.ask(thread, "Debugger.setInstrumentationBreakpoint", { instrumentation });
    void this.ask(thread, "Runtime.runIfWaitingForDebugger");
  }

  /** A thread has ended, and answers nothing any more. */
  private leave(thread: string): void {
    const isIts = (key: string) => key.startsWith(`${thread} `);
    for (const script of [...this.maps.keys()].filter(isIts)) this.maps.delete(script);
    for (const [key, answer] of this.waiting) if (isIts(key)) answer({});
  }

  private async paused(thread: string, { reason, data, callFrames }: Message): Promise<void> {
    if (reason === "instrumentation") {
      for (const breakpoint of this.breakpoints) await this.breakIn(`${thread} ${data.scriptId}`, breakpoint);
      void this.ask(thread, "Debugger.resume");
      return;
    }
    const [frame] = callFrames;
    const { scriptId, lineNumber, columnNumber } = frame.location;
    const entry: Message = this.maps.get(`${thread} ${scriptId}`)?.findEntry(lineNumber, columnNumber);
    this.stops.push({
      file: new URL(entry.originalSource).pathname.replaceAll("%20", " "),
      line: entry.originalLine + 1,
      evaluate: async (expression) => {
        const how = { callFrameId: frame.callFrameId, expression, returnByValue: true };
        return (await this.ask(thread, "Debugger.evaluateOnCallFrame", how)).result.value;
      },
      goOn: () => void this.ask(thread, "Debugger.resume"),
    });
  }

  private async breakIn(script: string, breakpoint: Breakpoint): Promise<void> {
    const map = this.maps.get(script);
    const place = map && placeIn(map, breakpoint);
    const [thread, scriptId] = script.split(" ");
    if (!place) return;
    const { breakpointId } = await this.ask(thread, "Debugger.setBreakpoint", { location: { scriptId, ...place } });
    breakpoint.set.push({ thread, breakpointId });
  }
}

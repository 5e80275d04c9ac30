import { randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { UserError, wordsOf } from "../../lib/user-error";
import { HostNames } from "../lib/host-names";
import { httpServer } from "../lib/http-server";
import type { ReadySystem } from "../run/events";
import { awsEndpoints, callService } from "./api/aws";
import { busEndpoints } from "./api/buses";
import { type Endpoint, PageError, type Sources } from "./api/endpoint";
import { functionEndpoints } from "./api/functions";
import { logEndpoints } from "./api/logs";
import { mapEndpoints } from "./api/map";
import { emulatedByPage, overviewEndpoints } from "./api/overview";
import { requestEndpoints } from "./api/requests";
import { resourceEndpoints } from "./api/resources";
import { rightsEndpoints } from "./api/rights";
import { routeEndpoints } from "./api/routes";
import { scheduleEndpoints } from "./api/schedules";
import { sendingEndpoints } from "./api/sending";
import { watchingEndpoints } from "./api/watching";
import { Assets } from "./assets";
import { type CallService, Monitor } from "./metrics/monitor";
import { openApi } from "./openapi";
import { stream } from "./stream";

/** All that the page asks for, and scripts may. */
export const endpoints: readonly Endpoint[] = [
  ...overviewEndpoints,
  ...mapEndpoints,
  ...requestEndpoints,
  ...sendingEndpoints,
  ...logEndpoints,
  ...functionEndpoints,
  ...routeEndpoints,
  ...rightsEndpoints,
  ...resourceEndpoints,
  ...scheduleEndpoints,
  ...busEndpoints,
  ...watchingEndpoints,
  ...awsEndpoints,
];

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join("; ");

const everyAnswer: Readonly<Record<string, string>> = {
  "Content-Security-Policy": policy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cache-Control": "no-cache",
};

const LARGEST_BODY = 12 * 1024 * 1024;

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new PageError(413, "a body may have 12 MB");
    chunks.push(chunk);
  }
  if (size === 0) return {};
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new PageError(400, "the body is no JSON");
  }
}

/** A path's parameters by a template's names; undefined when it is another path. */
function match(template: string, path: string): Record<string, string> | undefined {
  const [wanted, given] = [template.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [at, part] of wanted.entries()) {
    const value = given[at] ?? "";
    if (!part.startsWith("{")) {
      if (part !== value) return undefined;
    } else
      try {
        parameters[part.slice(1, -1)] = decodeURIComponent(value);
      } catch {
        throw new PageError(400, `${value} is no text`);
      }
  }
  return parameters;
}

export interface PageOptions extends Omit<Sources, "monitor"> {
  /** Speed of the clock of metrics and alarms, as a multiple. @default 1 */
  readonly speed?: number;
  /** 0 for any that is free. */
  readonly port: number;
  /** Whether another port does when this one is taken. */
  readonly orAny: boolean;
  readonly problem: (message: string) => void;
}

/** The page's own server. To this machine alone, and to pages of its own alone. */
export class Page {
  private readonly token = randomBytes(24).toString("base64url");
  private readonly hosts: HostNames;
  private readonly assets: Assets;
  private readonly server: Server;
  /** Metrics, alarms and dashboards. */
  readonly monitor: Monitor;

  constructor(private readonly options: PageOptions) {
    const { runner, problem, speed = 1, now } = options;
    const call: CallService = (service, operation, input) => callService(runner, { service, operation, input });
    this.monitor = new Monitor({ runner, call, problem, speed, now });
    options.recorder.countBy(this.monitor);
    this.hosts = new HostNames([], options.problem);
    this.assets = new Assets(options.root);
    this.server = httpServer((request, response) => void this.serve(request, response));
  }

  /** Begins to listen. @returns its address @throws UserError when the port is taken */
  async open(): Promise<string> {
    const { port, orAny } = this.options;
    const opened = await this.listen(port).catch((error: NodeJS.ErrnoException) => {
      if (orAny && error.code === "EADDRINUSE") return this.listen(0);
      const reason = error.code === "EADDRINUSE" ? "is in use; choose another with --page-port" : error.message;
      throw new UserError(`port ${port} ${reason}`);
    });
    return `http://localhost:${opened}/`;
  }

  /** A system with what the page adds to it: its alarms and dashboards are emulated. */
  emulating(system: ReadySystem): ReadySystem {
    return { ...system, notEmulated: system.notEmulated.filter((what) => !emulatedByPage.includes(what)) };
  }

  close(): void {
    this.monitor.stop();
    this.server.close();
    this.server.closeAllConnections();
  }

  private listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, "127.0.0.1", () => {
        this.server.off("error", reject);
        const address = this.server.address();
        resolve(typeof address === "object" && address ? address.port : port);
      });
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(everyAnswer)) response.setHeader(name, value);
    try {
      await this.answer(request, response);
    } catch (error) {
      const known = error instanceof PageError;
      if (!known) this.options.problem(`the page: ${wordsOf(error)}`);
      const message = known ? error.message : "the page's server failed; its terminal says why";
      if (response.headersSent) response.destroy();
      else json(response, known ? error.status : 500, { message });
    }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "GET", url = "/" } = request;
    this.refuseForeign(request);
    const at = url.indexOf("?");
    const path = at < 0 ? url : url.slice(0, at);
    const query = new URLSearchParams(at < 0 ? "" : url.slice(at + 1));
    if (!path.startsWith("/api/")) return this.file(request, response, path);
    this.refuseOtherSites(request);
    if (path === "/api/events" && method === "GET") return stream(this.options.recorder, query, response);
    if (path === "/api/session" && method === "GET") return json(response, 200, { token: this.token });
    if (path === "/api/openapi.json" && method === "GET") return json(response, 200, openApi(endpoints));
    const fitting = endpoints.flatMap((endpoint) => {
      const parameters = match(endpoint.path, path);
      return parameters ? [{ endpoint, parameters }] : [];
    });
    const found = fitting.find(({ endpoint }) => endpoint.method === method);
    if (!found) {
      const what = `${method} ${path}`;
      throw fitting.length > 0 ? new PageError(405, `there is no ${what}`) : new PageError(404, `there is no ${what}`);
    }
    if (method === "POST") this.refuseStrangers(request);
    const body = method === "POST" ? await bodyOf(request) : {};
    const answered = await found.endpoint.answer(
      { parameters: found.parameters, query, body },
      { ...this.options, monitor: this.monitor },
    );
    json(response, 200, answered ?? {});
  }

  private file({ method, headers }: IncomingMessage, response: ServerResponse, path: string): void {
    if (method !== "GET" && method !== "HEAD") throw new PageError(405, `there is no ${method} ${path}`);
    const asset = this.assets.of(path);
    if (!asset && /\.\w+$/.test(path)) throw new PageError(404, `there is no ${path}`);
    if (!asset) {
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.setHeader("Cache-Control", "no-store");
      response.end(this.assets.document(this.token));
      return;
    }
    const takesZip = /\bgzip\b/.test(headers["accept-encoding"] ?? "");
    response.setHeader("Content-Type", asset.type);
    if (takesZip) response.setHeader("Content-Encoding", "gzip");
    response.end(takesZip ? asset.zipped : asset.content);
  }

  /** A name of another site that leads here (DNS rebinding), or a page of another origin. */
  private refuseForeign(request: IncomingMessage): void {
    const { host, origin } = request.headers;
    if (host === undefined || !this.hosts.include(request)) throw new PageError(403, "unknown host");
    if (origin !== undefined && origin !== `http://${host}`) throw new PageError(403, "foreign origin");
  }

  /** Refuses requests that a page of another site embeds or sends without an origin. Links lead to pages, not here. */
  private refuseOtherSites({ headers }: IncomingMessage): void {
    const site = headers["sec-fetch-site"];
    if (site !== undefined && site !== "same-origin" && site !== "none") throw new PageError(403, "foreign site");
  }

  /** Refuses changes that neither the page nor a script which has read the token asks for: forms of sites have none. */
  private refuseStrangers({ headers }: IncomingMessage): void {
    if (!/^application\/json\b/.test(headers["content-type"] ?? "")) {
      throw new PageError(415, "the body must be application/json");
    }
    const given = Buffer.from(String(headers["x-page-token"] ?? ""));
    const wanted = Buffer.from(this.token);
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
    throw new PageError(403, "x-page-token must be what GET /api/session answers");
  }
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.setHeader("Cache-Control", "no-store");
  response.end(JSON.stringify(value));
}

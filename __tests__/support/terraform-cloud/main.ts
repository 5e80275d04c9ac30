import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Answer, Call, Routes } from "./api";
import { runRoutes } from "./runs";
import { stateVersionRoutes } from "./state-versions";
import { workspaceRoutes } from "./workspaces";

/**
 * Terraform Cloud as far as Terraform needs it, in memory: an organization "example" whose workspaces run where the
 * person says. After hashicorp/go-tfe, the client, and its API's documentation.
 *
 *     node run.js __tests__/support/terraform-cloud/main.ts <key> <certificate> <folder for configurations>
 */

const [, , key = "", certificate = ""] = process.argv;

const discovery = Buffer.from(JSON.stringify({ "tfe.v2": "/api/v2/" }));

const api: Routes = { "GET /ping": () => ({ status: 204 }), ...workspaceRoutes, ...stateVersionRoutes, ...runRoutes };

/** Whether a path needs no token: uploads and downloads are authorized by their URL. */
const isOpen = (path: string): boolean =>
  /^\/(uploads\/|configuration-versions\/.*\/contents$|plans\/.*\/log$)/.test(path);

function find(routes: Routes, method: string, path: string): ((call: Omit<Call, "ids">) => Answer) | undefined {
  for (const [route, answer] of Object.entries(routes)) {
    const match = new RegExp(`^${route.replace(/:\w+/g, "([^/]+)")}$`).exec(`${method} ${path}`);
    if (match) return (call) => answer({ ids: match.slice(1).map(decodeURIComponent), ...call });
  }
  return undefined;
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function answerTo(request: IncomingMessage, origin: string): Promise<Answer> {
  const { pathname, searchParams: query } = new URL(request.url ?? "/", origin);
  const method = request.method ?? "GET";
  const body = await bytesOf(request);
  if (pathname === "/.well-known/terraform.json") return { bytes: discovery };
  const path = pathname.replace(/^\/api\/v2/, "");
  if (!isOpen(path) && request.headers.authorization !== "Bearer only-for-a-trial") return { status: 401 };
  const route = find(api, method, path);
  if (!route) console.error(`${method} ${request.url}: not emulated`);
  return route?.({ query, body, origin }) ?? { status: 501 };
}

const server = createServer(
  { key: readFileSync(key), cert: readFileSync(certificate) },
  async (request: IncomingMessage, response: ServerResponse) => {
    const { status = 200, json, bytes } = await answerTo(request, origin());
    response.writeHead(status, {
      "content-type": json ? "application/vnd.api+json" : "application/json",
      "tfp-api-version": "2.6",
      "tfp-appname": "HCP Terraform",
    });
    response.end(json ? JSON.stringify(json) : bytes);
  },
);
const origin = () => `https://localhost:${(server.address() as AddressInfo).port}`;
server.listen(0, "localhost", () => console.log(origin()));

import type { Account } from "./contents";
import type { Service } from "./service";

/** Lambda's aliases and reserved concurrency. */
export const lambda =
  ({ functions }: Account): Service =>
  ({ method, path, body }) => {
    const [, name = "", what] = /\/functions\/([^/]+)\/(concurrency|aliases)/.exec(path) ?? [];
    const fn = functions.get(name);
    const json = (output: unknown, status = 200) => ({ status, body: JSON.stringify(output) });
    if (!fn) return json({ Type: "User", Message: `Function not found: ${name}` }, 404);
    if (what === "concurrency" && method === "DELETE") {
      delete fn.reservedConcurrency;
      return { status: 204 };
    }
    const sent = method === "PUT" ? JSON.parse(body.toString()) : {};
    if (what === "concurrency") {
      fn.reservedConcurrency = sent.ReservedConcurrentExecutions;
      return json({ ReservedConcurrentExecutions: fn.reservedConcurrency });
    }
    if (sent.FunctionVersion !== undefined) fn.live = sent.FunctionVersion;
    return json({ Name: "live", FunctionVersion: fn.live });
  };

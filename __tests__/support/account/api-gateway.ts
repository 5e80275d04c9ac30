import type { Account } from "./contents";
import type { Service } from "./service";

/** API Gateway's keys. */
export const apiGateway =
  ({ apiKeys }: Account): Service =>
  ({ method, path, query, body, region }) => {
    const json = (output: unknown, status = 200) => ({ status, body: JSON.stringify(output) });
    const [, , id] = path.split("/");
    const here = region === "us-east-1" ? apiKeys : [];
    if (id === undefined) return json({ item: here.map(({ value: _, ...key }) => key) });
    const key = here.find((each) => each.id === id);
    if (!key) return json({ message: "Invalid API Key identifier specified" }, 404);
    if (method === "PATCH") {
      const { patchOperations } = JSON.parse(body.toString());
      for (const { op, path: place, value } of patchOperations) {
        if (op === "replace" && place === "/enabled") key.enabled = value === "true";
      }
    }
    const { value, ...others } = key;
    return json(query.get("includeValue") === "true" ? key : others);
  };

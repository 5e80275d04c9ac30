import type { Client } from "./client";

/**
 * Responses of any API that no function makes: preflight requests, and unknown paths.
 *
 * @param path one of its paths
 */
export async function anyApi(client: Client, path: string): Promise<void> {
  const asked = { origin: "https://nobody.example.com", "access-control-request-method": "GET" };
  await client.step("answers a browser that asks first", 204, { method: "OPTIONS", path, headers: asked, key: "" });
  await client.step("refuses a method that there is not", 403, { method: "PATCH", path });
  await client.step("refuses a path that there is not", 403, { method: "GET", path: "/nowhere" });
}

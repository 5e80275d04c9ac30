import { UserError } from "../../lib/user-error";
import type { StackJson } from "../../stack-json/document";
import type { Account } from "./account/account";
import type { Address } from "./client";

type Outputs = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === "object" && value !== null;

/** Whether data in a stack is protected against mistakes: then people rely on it. */
export function isRelied({ resource = {} }: StackJson): boolean {
  const tables = Object.values(resource["aws_dynamodb_table"] ?? {});
  const buckets = Object.values(resource["aws_s3_bucket"] ?? {});
  return (
    tables.some((table) => table["deletion_protection_enabled"] === true) ||
    buckets.some((bucket) => bucket["force_destroy"] !== true)
  );
}

/**
 * The ways into a deployed stack, with the values of their keys.
 *
 * @param first what the way in of a stack that has one is called
 * @throws UserError when the outputs name none
 */
export async function addressesOf(outputs: Outputs, account: Account, first: string): Promise<Address[]> {
  const { api_urls: urls, api_key_ids: ids, distribution_url: distribution } = outputs;
  if (isMap(urls) && isMap(ids)) {
    const stages = Object.entries(urls).map(([name, url]) => ({ name, url, id: ids[name] ?? "" }));
    const last =
      typeof distribution === "string" ? [{ name: "distribution", url: distribution, id: ids["prod"] ?? "" }] : [];
    return Promise.all(
      [...stages, ...last].map(async ({ name, url, id }) => ({ name, url, key: await account.apiKey(id) })),
    );
  }
  const url = outputs["api_url"] ?? outputs["api_endpoint"];
  const id = outputs["api_key_id"];
  if (typeof url !== "string" || typeof id !== "string") {
    throw new UserError(
      "outputs must have api_url and api_key_id, got none in the state; deploy the stack first, or name --url and --key",
    );
  }
  return [{ name: first, url, key: await account.apiKey(id) }];
}

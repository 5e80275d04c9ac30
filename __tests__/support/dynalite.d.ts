declare module "dynalite" {
  import type { Server } from "node:http";

  /** An embedded DynamoDB; the package has no types of its own. */
  export default function dynalite(options?: { readonly createTableMs?: number }): Server;
}

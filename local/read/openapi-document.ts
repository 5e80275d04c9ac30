import { createRequire } from "node:module";
import { join } from "node:path";
import { isObject, type JsonObject } from "../../lib/json";

/** Reads YAML. Its library is loaded for a document that needs it alone: that takes as long as reading a stack. */
function parseYaml(text: string): unknown {
  const { parse } = createRequire(join(__dirname, "openapi-document.ts"))("yaml") as typeof import("yaml");
  // A log level of its own would have it print warnings.
  return parse(text, { merge: true, logLevel: "error" });
}

/**
 * Reads an OpenAPI document: JSON, or YAML. (API Gateway developer guide, "Develop REST APIs using OpenAPI in API Gateway")
 *
 * @returns undefined for a text that is neither, or no object
 */
export function readOpenApi(text: string): JsonObject | undefined {
  try {
    const document: unknown = text.trimStart().startsWith("{") ? JSON.parse(text) : parseYaml(text);
    return isObject(document) ? document : undefined;
  } catch (error) {
    // Of the YAML library: anchors that multiply without end.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

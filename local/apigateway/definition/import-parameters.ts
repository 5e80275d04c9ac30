import { isObject, type JsonObject } from "../../../lib/json";
import type { RestApiResource } from "../../read/gateway-resources";
import { DefinitionError, list, notEmulated } from "./definition-error";

/** The parameters of an import: `parameters` of `aws_api_gateway_rest_api`. */
interface ImportParameters {
  /** Treatment of the document's base path. */
  readonly basePath: "ignore" | "prepend" | "split";
  readonly endpointType: string | undefined;
}

/** Reads the parameters of an import (API reference, ImportRestApi, parameters). */
export function readImportParameters({ parameters = {}, name }: RestApiResource): ImportParameters {
  const place = `${name}: parameters`;
  const { basepath = "ignore", endpointConfigurationTypes: endpointType, ignore, ...others } = parameters;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw notEmulated(place, unknown);
  if (ignore !== undefined && ignore !== "documentation") throw notEmulated(place, `ignore ${ignore}`);
  if (basepath !== "ignore" && basepath !== "prepend" && basepath !== "split") {
    throw new DefinitionError(place, `basepath must be ignore, prepend or split, got ${basepath}`);
  }
  return { basePath: basepath, endpointType };
}

/**
 * The path that stands before all paths of a document, without a slash at its end: the default of the server variable
 * `basePath`, its first part left out where it is split. (developer guide, "Set the OpenAPI basePath property")
 */
export function pathPrefix(root: JsonObject, restApi: RestApiResource): string {
  const { basePath } = readImportParameters(restApi);
  if (basePath === "ignore") return "";
  const parts = basePathOf(root, restApi.name)
    .split("/")
    .filter((part) => part !== "");
  return (basePath === "split" ? parts.slice(1) : parts).map((part) => `/${part}`).join("");
}

function basePathOf(root: JsonObject, name: string): string {
  const [server] = list(root["servers"], `${name}: servers`);
  const variables = isObject(server) ? server["variables"] : undefined;
  const variable = isObject(variables) ? variables["basePath"] : undefined;
  const path = isObject(variable) ? variable["default"] : undefined;
  return typeof path === "string" ? path : "";
}

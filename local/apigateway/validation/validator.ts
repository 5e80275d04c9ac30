import type { RouteDefinition } from "../definition/route-definition";
import type { Exchange } from "../request/exchange";
import { mediaType } from "../request/media-type";
import { type Refusal, refusal } from "../response/refusal";
import type { Model, Models } from "./models";

/** Validates a request before anything else is done with it. */
export type Validator = (exchange: Exchange) => Refusal | undefined;

/** Explaining costs memory in the size of the body; larger ones are refused without a reason. */
const longestExplained = 65_536;

/** The request validator of a route; undefined if it has none. */
export function compileValidator(route: RouteDefinition, models: Models, place: string): Validator | undefined {
  const { validator } = route;
  if (!validator) return undefined;
  const parameters = validator.parameters ? parameterValidator(route) : undefined;
  const body = validator.body ? bodyValidator(route, models, place) : undefined;
  // Parameters come first: of a request that lacks one, the body is not validated (recorded).
  return parameters && body ? (exchange) => parameters(exchange) ?? body(exchange) : (parameters ?? body);
}

function parameterValidator({ parameters }: RouteDefinition): Validator | undefined {
  const required = Object.keys(parameters).filter((location) => parameters[location]);
  const names = (location: string) =>
    required
      .filter((parameter) => parameter.startsWith(`method.request.${location}.`))
      .map((parameter) => parameter.slice(`method.request.${location}.`.length));
  const [headers, variables, queries] = [names("header"), names("path"), names("querystring")];
  if (required.length === 0) return undefined;
  return (exchange) => {
    const missing: string[] = [];
    // Included, not blank, and case-sensitive (developer guide, "Request validation for REST APIs in API Gateway"). The
    // order of the three is recorded.
    for (const name of headers) if (!exchange.headers.spelled(name)) missing.push(name);
    for (const name of variables) if (!exchange.pathParameters?.[name]) missing.push(name);
    for (const name of queries) if (!exchange.query?.[name]?.at(-1)) missing.push(name);
    if (missing.length === 0) return undefined;
    return refusal("BAD_REQUEST_PARAMETERS", `Missing required request parameters: [${missing.join(", ")}]`);
  };
}

function bodyValidator({ requestModels }: RouteDefinition, models: Models, place: string): Validator | undefined {
  const byType = new Map<string, Model>();
  for (const [type, model] of Object.entries(requestModels)) byType.set(type, models.compile(model, place));
  if (byType.size === 0) return undefined;
  return (exchange) => {
    // No Content-Type counts as JSON, and no body as {} (recorded). A type without a model is not validated.
    const type = mediaType(exchange.headers.get("content-type")) ?? "application/json";
    const model = byType.get(type) ?? byType.get("$default");
    return model && validate(exchange.text() || "{}", model);
  };
}

function validate(text: string, model: Model): Refusal | undefined {
  const invalid = (validationError: string, reason = validationError) =>
    refusal("BAD_REQUEST_BODY", "Invalid request body", { reason, validationError });
  try {
    const body: unknown = JSON.parse(text);
    if (model.accepts(body)) return undefined;
    if (text.length > longestExplained) return invalid("[the body does not match the model]");
    const { message, placed } = model.explain(body);
    return invalid(message, placed);
  } catch (error) {
    // A RangeError is a model in a circle that met a body as deep as it is long.
    return invalid(error instanceof RangeError ? "[the body is nested too deeply]" : "[the body is not JSON]");
  }
}

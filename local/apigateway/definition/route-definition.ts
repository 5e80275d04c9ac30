import type { JsonObject } from "../../../lib/json";
import type { AuthorizerDefinition } from "./authorizer-definition";
import type { IntegrationDefinition } from "./integration-definition";

/** The parts of a request that a validator checks. */
export interface ValidatorDefinition {
  readonly parameters: boolean;
  readonly body: boolean;
}

/** A method of a resource, as an import of the document makes it. */
export interface RouteDefinition {
  /** An HTTP method, or ANY. */
  readonly method: string;
  readonly path: string;
  readonly resourceId: string;
  readonly operationId: string | undefined;
  readonly apiKeyRequired: boolean;
  readonly authorizer: AuthorizerDefinition | undefined;
  /** Scopes of which a user pool's token must have one; none where an identity token is enough. */
  readonly scopes: readonly string[];
  /** By location, such as `method.request.path.id`: whether the parameter is required. */
  readonly parameters: Readonly<Record<string, boolean>>;
  /** By media type: a model's name, or a schema of its own. */
  readonly requestModels: Readonly<Record<string, string | JsonObject>>;
  readonly validator: ValidatorDefinition | undefined;
  readonly integration: IntegrationDefinition;
}

/** The parts of the document that operations share. */
export interface DocumentParts {
  readonly validators: ReadonlyMap<string, ValidatorDefinition>;
  readonly defaultValidator: unknown;
  readonly components: JsonObject;
  readonly security: readonly unknown[];
  /** Longest timeout of an integration, in milliseconds. */
  readonly longestTimeout: number;
}

import Ajv, { type ErrorObject, type ValidateFunction } from "ajv-draft-04";
import { isObject, type JsonObject } from "../../../lib/json";
import { messageOf } from "../../../lib/user-error";
import { DefinitionError, foreign, notEmulated, object } from "../definition/definition-error";
import { placedMessage, validationMessage } from "./validation-message";

export interface Explanation {
  /** In the words of API Gateway's validator. */
  readonly message: string;
  /** With the places, for developers. */
  readonly placed: string;
}

/** A compiled model or a schema of its own, which validates bodies. */
export interface Model {
  readonly accepts: (body: unknown) => boolean;
  /** The errors in a body. Costly: for refusals only. */
  readonly explain: (body: unknown) => Explanation;
}

const checked = new Set([
  ...["type", "required", "enum", "minimum", "maximum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength"],
  ...["pattern", "minProperties", "maxProperties", "uniqueItems"],
]);
const subschema = new Set(["not", "items", "additionalItems", "additionalProperties"]);
const subschemas = new Set(["allOf", "anyOf", "oneOf"]);
const subschemaMaps = new Set(["properties", "patternProperties", "dependencies"]);
/**
 * Keywords that an import leaves out of validation: annotations, formats (`byte` is recorded to be ignored), and
 * minItems and maxItems (developer guide, "Amazon API Gateway important notes": important notes for REST APIs).
 */
const unchecked = new Set([
  ...["title", "description", "default", "example", "examples", "readOnly", "writeOnly", "deprecated", "format"],
  ...["externalDocs", "xml", "$schema", "id", "minItems", "maxItems"],
]);

const options = {
  strict: false,
  validateFormats: false,
  ownProperties: true,
  unicodeRegExp: false,
  multipleOfPrecision: 9,
  logger: false,
} as const;

const modelId = (name: string): string => `https://models.invalid/${name}`;
const referenced =
  /^(?:#\/components\/schemas\/|https:\/\/apigateway\.amazonaws\.com\/restapis\/[^/]+\/models\/)([A-Za-z0-9]+)$/;

/** The models of a document. Only those that validate a body are read, with what they refer to. */
export class Models {
  private readonly prepared = new Map<string, JsonObject>();

  constructor(
    private readonly schemas: JsonObject,
    private readonly api: string,
  ) {
    for (const name of Object.keys(schemas)) {
      if (/^[A-Za-z0-9]+$/.test(name)) continue;
      throw new DefinitionError(`${api}: model ${name}`, "a model's name must be letters and digits only");
    }
  }

  /** Compiles a model by name, or a schema that stands in the operation itself. */
  compile(model: string | JsonObject, place: string): Model {
    const schema = typeof model === "string" ? { $ref: modelId(model) } : this.prepare(model, place);
    if (typeof model === "string") this.load(model, place);
    const accepts = this.compiled(schema, place, false);
    let thorough: ValidateFunction | undefined;
    return {
      accepts,
      explain: (body) => {
        thorough ??= this.compiled(schema, place, true);
        thorough(body);
        const errors = (thorough.errors ?? []) as ErrorObject[];
        return { message: validationMessage(errors), placed: placedMessage(errors) };
      },
    };
  }

  private compiled(schema: JsonObject, place: string, thorough: boolean): ValidateFunction {
    const ajv = new Ajv({ ...options, allErrors: thorough, verbose: thorough });
    for (const [name, model] of this.prepared) ajv.addSchema(model, modelId(name));
    try {
      return ajv.compile(schema);
    } catch (cause) {
      throw new DefinitionError(place, messageOf(cause));
    }
  }

  private load(name: string, place: string): void {
    if (this.prepared.has(name)) return;
    const schema = object(this.schemas[name], `${place}: model ${name}`);
    this.prepared.set(name, {});
    this.prepared.set(name, this.prepare(schema, `${this.api}: components.schemas.${name}`));
  }

  /** The schema with its references rewritten, and without what an import leaves out. */
  private prepare(schema: JsonObject, place: string): JsonObject {
    const reference = schema["$ref"];
    if (reference !== undefined) {
      const [, name] = referenced.exec(String(reference)) ?? [];
      if (!name) throw notEmulated(place, `$ref ${reference}`);
      this.load(name, place);
      return { $ref: modelId(name) };
    }
    const kept = Object.entries(schema).filter(([keyword]) => !unchecked.has(keyword) && !foreign(keyword));
    return Object.fromEntries(kept.map(([keyword, value]) => [keyword, this.keyword(keyword, value, place)]));
  }

  private keyword(keyword: string, value: unknown, place: string): unknown {
    const at = `${place}.${keyword}`;
    if (checked.has(keyword)) return value;
    if (subschemas.has(keyword) && Array.isArray(value)) return value.map((part) => this.prepare(object(part, at), at));
    if (subschema.has(keyword)) {
      if (Array.isArray(value)) return value.map((part) => this.prepare(object(part, at), at));
      return isObject(value) ? this.prepare(value, at) : value;
    }
    if (subschemaMaps.has(keyword)) {
      const members = Object.entries(object(value, at));
      return Object.fromEntries(
        members.map(([name, part]) => [name, isObject(part) ? this.prepare(part, `${at}.${name}`) : part]),
      );
    }
    throw notEmulated(
      place,
      keyword,
      "API Gateway's models are JSON schema draft 4 without it; check it in the handler",
    );
  }
}

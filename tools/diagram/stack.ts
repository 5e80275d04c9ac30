import { lastArnIn } from "../../aws/arn";
import { resourceType } from "../../aws/catalogue";
import { UserError } from "../../lib/user-error";
import { type Arguments, providerOf, type StackJson } from "../../stack-json/document";
import { clients, drawn, index, type Part } from "./types";

/** A value with the references that stand anywhere in it. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value ?? ""));

/** Types that stand for another: the argument that names it. */
const partOf: Readonly<Record<string, string>> = {
  aws_api_gateway_stage: "rest_api_id",
  aws_lambda_alias: "function_name",
  aws_s3_object: "bucket",
};

/** The indexes of a table. */
type Indexed = Readonly<
  Partial<Record<"global_secondary_index" | "local_secondary_index", readonly { name: string }[]>>
>;

/** A synthesized stack: its resources, the parts they are drawn as, and what refers to which. */
export class Stack {
  readonly region: string;
  readonly parts: readonly Part[];

  /** @throws UserError naming the types of resources that are not in the catalogue */
  constructor(private readonly json: StackJson) {
    const unknown = Object.keys(json.resource ?? {}).filter((type) => !resourceType(type));
    if (unknown.length > 0) {
      const types = unknown.join(", ");
      throw new UserError(`resource types must be in the catalogue, got ${types}; add them to aws/catalogue`);
    }
    this.region = providerOf(json).region;
    this.parts = Object.keys(drawn).flatMap((type) => this.partsOf(type));
  }

  /** The resources of a type; the caller says which arguments it reads. */
  all<T = Arguments>(type: string): (T & { readonly key: string })[] {
    const resources = Object.entries(this.json.resource?.[type] ?? {}) as [string, T][];
    return resources.map(([key, resource]) => ({ ...resource, key }));
  }

  private partsOf(type: string): Part[] {
    if (type === clients) return [{ id: clients, type, resources: [] }];
    const { only = () => true } = drawn[type] ?? {};
    const resources = this.all<Indexed>(type).filter((one) => only({ ...one }));
    if (drawn[type]?.together) return resources.length > 0 ? [{ id: type, type, resources }] : [];
    return resources.flatMap((resource) => {
      const id = `${type}.${resource.key}`;
      const { global_secondary_index: global = [], local_secondary_index: local = [] } = resource;
      const indexes = [...global, ...local].map((argument) => ({ ...argument }));
      const indexParts = indexes.map((argument) => ({
        id: `${id}/${argument.name}`,
        type: index,
        resources: [argument],
      }));
      return [{ id, type, resources: [resource] }, ...indexParts];
    });
  }

  /** The parts that a value names: by reference, or by the name in an ARN. */
  find(value: unknown): string[] {
    const references = [...textOf(value).matchAll(/\b(aws_\w+)\.([\w-]+)\.[^}]*\}?(?:\/index\/([\w.-]+))?/g)];
    if (references.length === 0) return this.named(textOf(value));
    return references.flatMap(([, type = "", key = "", indexName]) => {
      const whole = partOf[type];
      if (whole) return this.find(this.json.resource?.[type]?.[key]?.[whole]);
      const drawing = Object.hasOwn(drawn, type) ? drawn[type] : undefined;
      if (!drawing || drawing.only?.(this.json.resource?.[type]?.[key] ?? {}) === false) return [];
      return [drawing.together ? type : `${type}.${key}${indexName ? `/${indexName}` : ""}`];
    });
  }

  private named(value: string): string[] {
    const { service, resource: path } = lastArnIn(value) ?? {};
    if (!service) return [];
    const isNamed = ({ function_name, bucket, name, url }: Arguments) =>
      `/${path}/`
        .replaceAll(":", "/")
        .includes(`/${textOf(function_name ?? bucket ?? name ?? url).replace(/^(https:\/)?\//, "")}/`);
    const parts = this.parts.filter(({ type, resources }) => type.includes(service) && resources.some(isNamed));
    return parts.map(({ id }) => id);
  }
}

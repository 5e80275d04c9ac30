import Ajv from "ajv-draft-04";
import type { ZodMiniType } from "zod/mini";
import type { Api } from "../../contracts/api";
import { openApi } from "../../contracts/openapi";

/** The validators of a body: the gateway first, by the API's models, then the handler, by its schemas. */
export interface Judges {
  gatewayAccepts(model: string, body: unknown): boolean;
  handlerAccepts(schema: ZodMiniType, body: unknown): boolean;
}

/** The validators of an API's bodies. The gateway's is emulated as far as it is known: draft 4, formats ignored. */
export function validatorsOf(api: Api): Judges {
  const gateway = new Ajv({ strict: false, validateFormats: false });
  gateway.addSchema({ id: "api", components: openApi(api).components } as object);
  return {
    gatewayAccepts: (model, body) => gateway.validate({ $ref: `api#/components/schemas/${model}` }, body) as boolean,
    handlerAccepts: (schema, body) => schema.safeParse(body).success,
  };
}

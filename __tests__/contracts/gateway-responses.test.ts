import fc from "fast-check";
import type { Api } from "../../contracts/api";
import { gatewayBody } from "../../contracts/gateway-body";
import { contracts } from "../../tools/openapi/contracts";
import { recordsApi } from "../fixtures/records-api";

const apis: readonly Api[] = [recordsApi, ...contracts()];

/** The templates of an API's gateway responses, by type. */
function templatesOf(api: Api): [type: string, template: string][] {
  const integration = { functionArn: "arn:aws:lambda:us-east-1:000000000000:function:f", timeoutMs: 29_000 };
  const integrations = Object.fromEntries(Object.keys(api.routes).map((operationId) => [operationId, integration]));
  const body = gatewayBody(api, { region: "us-east-1", integrations, corsOrigins: [] });
  const responses = body["x-amazon-apigateway-gateway-responses"] as Record<
    string,
    { responseTemplates: Record<string, string> }
  >;
  return Object.entries(responses).flatMap(([type, { responseTemplates }]) =>
    Object.values(responseTemplates).map((template): [string, string] => [type, template]),
  );
}

/** Texts with characters that JSON has to escape, among any others. */
const hostile = fc.string({
  unit: fc.constantFrom('"', "\\", "\n", "\u0000", "}", "]", ",", "a", "é", "💥", "\ud800"),
});

/** As the developer guide has them: the operation's own, or AWS's. */
const harmless = (api: Api) =>
  fc.constantFrom(...Object.values(api.routes)).chain(({ method, path }) =>
    fc.record({
      "error.responseType": fc.constantFrom("BAD_REQUEST_BODY", "DEFAULT_4XX"),
      "error.messageString": hostile.map((text) => JSON.stringify(text)),
      requestId: fc.uuid(),
      httpMethod: fc.constant(method),
      resourcePath: fc.constant(path),
    }),
  );

const all = apis.flatMap((api) => templatesOf(api).map(([type, template]) => [type, api.name, template, api] as const));

it.each(all)(
  "answers a refusal (%s of %s) in JSON, whatever is in its variables, escaped or as it is",
  (_, __, template, api) => {
    fc.assert(
      fc.property(harmless(api), hostile, fc.boolean(), (known, text, isEscaped) => {
        const values = new Map(Object.entries(known));
        const any = isEscaped ? JSON.stringify(text).slice(1, -1) : text;
        const answer = template.replace(/\$context\.([\w.]*\w)/g, (_whole, name) => values.get(name) ?? any);
        const { error } = JSON.parse(answer);

        expect(error).toMatchObject({ code: known["error.responseType"], requestId: known.requestId });
        expect(error.message).toBe(JSON.parse(known["error.messageString"]));
      }),
    );
  },
);

it.each(apis.map((api) => [api.name, api] as const))(
  "says of %s which operation's schema a body does not match",
  (_, api) => {
    const [, template = ""] = templatesOf(api).find(([type]) => type === "BAD_REQUEST_BODY") ?? [];

    expect(JSON.parse(template.replace("$context.error.messageString", "null")).error.details).toEqual([
      {
        path: "body",
        message: "must match the schema in the API's document, of $context.httpMethod $context.resourcePath",
      },
    ]);
  },
);

import * as z from "zod/mini";
import { ApiStage } from "../../constructs/api/api-stage";
import { CustomDomain } from "../../constructs/api/custom-domain";
import { RestApi } from "../../constructs/api/rest-api";
import { NodeFunction } from "../../constructs/compute/node-function";
import { ErrorSchema } from "../../contracts/errors";
import { onDemand } from "../../contracts/fields";
import type { DomainSettings } from "../../environments/environment";
import { thingEntry } from "../fixtures/thing-entry";
import { emptyStack, problemsOf, synth } from "../support/stack";

const getThing = {
  method: "GET",
  path: "/thing",
  summary: "",
  access: "public",
  status: 200,
  response: onDemand(() => z.strictObject({})),
} as const;
const contract = {
  name: "things",
  version: "1",
  description: "",
  models: { Thing: getThing.response, Error: ErrorSchema },
  routes: { getThing },
};

function served(domain?: DomainSettings) {
  const stack = emptyStack();
  const handler = new NodeFunction(stack, "get-thing", {
    entry: thingEntry,
    environment: { THINGS_TABLE: "things" },
  });
  const api = new RestApi(stack, "api", { contract, handlers: { getThing: handler } });
  const stage = new ApiStage(stack, "stage", { api, throttle: { rateLimit: 1, burstLimit: 1 } });
  const { url } = new CustomDomain(stack, "domain", { stage, domain });
  stack.output("url", url, "");
  return stack;
}

const domain = { name: "items.example.com", hostedZoneId: "Z0123456789ABCDEFGHIJ" };

describe("without a domain", () => {
  it("nothing is made, and the URL is the stage's", () => {
    const stack = synth(served());

    expect(Object.keys(stack.counts()).filter((type) => /acm|route53|domain|mapping/.test(type))).toEqual([]);
    expect(stack.json.output["url"]?.value).toBe("${aws_api_gateway_stage.stage.invoke_url}");
  });
});

describe("with a domain", () => {
  const stack = synth(served(domain));

  it("the stage is served under it, by TLS 1.2 from its own region", () => {
    expect(stack.json.output["url"]?.value).toBe("https://items.example.com");
    expect(stack.at("aws_api_gateway_domain_name", "domain")).toMatchObject({
      domain_name: "items.example.com",
      endpoint_configuration: { types: ["REGIONAL"] },
      security_policy: "TLS_1_2",
    });
  });

  it("the certificate is used once the zone has proven the name", () => {
    expect(stack.at("aws_acm_certificate", "domain/certificate")).toMatchObject({
      domain_name: "items.example.com",
      validation_method: "DNS",
      lifecycle: { create_before_destroy: true },
    });
    const validated = /^\$\{aws_acm_certificate_validation\..*\.certificate_arn\}$/;
    expect(stack.at("aws_api_gateway_domain_name", "domain")["regional_certificate_arn"]).toMatch(validated);
    expect(stack.at("aws_acm_certificate_validation", "domain/certificate/validation")).toMatchObject({
      validation_record_fqdns: [expect.stringMatching(/aws_route53_record\..*certificate_proof.*\.fqdn/)],
    });
    expect(stack.at("aws_route53_record", "domain/certificate/proof")).toMatchObject({
      zone_id: domain.hostedZoneId,
      name: expect.stringContaining("domain_validation_options"),
      ttl: 300,
    });
  });

  it("the name leads there, and the mapping waits for the stage", () => {
    expect(stack.at("aws_route53_record", "domain/alias")).toMatchObject({
      zone_id: domain.hostedZoneId,
      name: "items.example.com",
      type: "A",
      alias: { name: expect.stringContaining("regional_domain_name"), evaluate_target_health: false },
    });
    expect(stack.at("aws_api_gateway_base_path_mapping", "domain/mapping")["stage_name"]).toBe(
      "${aws_api_gateway_stage.stage.stage_name}",
    );
  });
});

describe("a wrong setting", () => {
  it.each(["Items.example.com", "items", "https://items.example.com", "items_1.example.com", "-a.example.com", ""])(
    "of the name, %p, is refused",
    (name) => {
      expect(problemsOf(served({ ...domain, name }))).toEqual([
        `test-dev/domain/certificate: domain.name must be a host name in lower case of at most 64 characters (items.example.com), got ${name}; correct it`,
      ]);
    },
  );

  it("of the name, longer than a certificate takes, is refused", () => {
    const longest = `${"a".repeat(52)}.example.com`;

    expect(problemsOf(served({ ...domain, name: longest }))).toEqual([]);
    expect(problemsOf(served({ ...domain, name: `a${longest}` }))).toHaveLength(1);
  });

  it.each(["/hostedzone/Z0123456789", "example.com", ""])("of the zone, %p, is refused", (hostedZoneId) => {
    expect(problemsOf(served({ ...domain, hostedZoneId }))).toEqual([
      `test-dev/domain/certificate: domain.hostedZoneId must be the id of a Route 53 zone (Z and up to 31 letters or digits), got ${hostedZoneId}; copy it without /hostedzone/`,
    ]);
  });
});

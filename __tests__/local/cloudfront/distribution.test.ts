import { distributionOf } from "../../../local/read/distribution-definition";
import { graphOf } from "../support/stack-file";

const api = { aws_api_gateway_rest_api: { api: { id: "abc", name: "api" } } };
const stage = { aws_api_gateway_stage: { s: { stage_name: "prod" } } };

const origin = {
  origin_id: "stage",
  domain_name: "abc.execute-api.us-east-1.amazonaws.com",
  origin_path: "/prod",
  custom_header: [{ name: "x-origin-secret", value: "secret" }],
};
const behavior = {
  allowed_methods: ["GET", "HEAD"],
  cache_policy_id: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  origin_request_policy_id: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
  response_headers_policy_id: "${aws_cloudfront_response_headers_policy.p.id}",
};
const security = { frame_options: { frame_option: "DENY", override: true } };

const read = (changes: object = {}, policy: object = { security_headers_config: security }) =>
  distributionOf(
    graphOf({
      ...api,
      ...stage,
      aws_cloudfront_response_headers_policy: { p: { name: "headers", ...policy } },
      aws_cloudfront_distribution: {
        d: { enabled: true, origin: [origin], default_cache_behavior: behavior, ...changes },
      },
    }),
  );

it("reads what stands in front of a stage", () => {
  expect(read()).toEqual({
    stage: "prod",
    originHost: "abc.execute-api.us-east-1.amazonaws.com",
    allowedMethods: ["GET", "HEAD"],
    originHeaders: [["x-origin-secret", "secret"]],
    responseHeaders: [["X-Frame-Options", "DENY"]],
  });
});

it("takes errors that are not kept as they are", () => {
  expect(read({ custom_error_response: [{ error_code: 502, error_caching_min_ttl: 0 }] })).toEqual(read());
});

it("takes one that is switched off for none", () => {
  expect(read({ enabled: false })).toBeUndefined();
});

it.each<[string, object, object | undefined, string]>([
  [
    "a cache",
    { default_cache_behavior: { ...behavior, cache_policy_id: "other" } },
    undefined,
    "cache_policy_id other",
  ],
  ["a second behavior", { ordered_cache_behavior: [{}] }, undefined, "ordered_cache_behavior"],
  [
    "a page for errors",
    { custom_error_response: [{ error_code: 404, error_caching_min_ttl: 0, response_page_path: "/404" }] },
    undefined,
    "response_page_path",
  ],
  ["errors that are kept", { custom_error_response: [{ error_code: 404 }] }, undefined, "error_caching_min_ttl 10"],
  ["a firewall", { web_acl_id: "arn:x" }, undefined, "web_acl_id"],
  ["a second origin", { origin: [origin, origin] }, undefined, "origin must be there once"],
  ["another host", { origin: [{ ...origin, domain_name: "example.com" }] }, undefined, "example.com/prod is no stage"],
  ["another stage", { origin: [{ ...origin, origin_path: "/qa" }] }, undefined, "/qa is no stage of the stack"],
  ["headers for other sites", {}, { cors_config: {} }, "cors_config"],
  [
    "a header that it does not know",
    {},
    { security_headers_config: { xss_protection: { override: true } } },
    "xss_protection",
  ],
])("refuses %s at boot, by name", (_, changes, policy, message) => {
  expect(() => read(changes, policy)).toThrow(message);
});

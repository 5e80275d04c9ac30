import { Testing } from "cdktf";
import { dev } from "../../environments/dev";
import { UserManagementStack } from "../../stacks/user-management-stack";
import { synth } from "../support/stack";
import { synthesizedStack } from "../support/synthesized-stack";

const users = synthesizedStack("user-management");

describe("the distribution", () => {
  it("stands in front of prod, by TLS, without a cache, and alone knows the secret", () => {
    expect(users.at("aws_cloudfront_distribution", "distribution")).toMatchObject({
      http_version: "http2and3",
      default_cache_behavior: {
        viewer_protocol_policy: "redirect-to-https",
        cache_policy_id: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        origin_request_policy_id: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
      },
      origin: [
        {
          domain_name: "${aws_api_gateway_stage.prod-stage.rest_api_id}.execute-api.us-east-1.amazonaws.com",
          origin_path: "/${aws_api_gateway_stage.prod-stage.stage_name}",
          custom_origin_config: { origin_protocol_policy: "https-only", origin_ssl_protocols: ["TLSv1.2"] },
          custom_header: [{ name: "x-origin-secret", value: "${terraform_data.origin-secret_kept_A58CB26D.output}" }],
        },
      ],
    });
    expect(users.json.variable["user_management_origin_secret"]).toMatchObject({ sensitive: true });
    expect(users.json.variable["user_management_origin_secret"]).not.toHaveProperty("default");
    expect(users.at("aws_ssm_parameter", "origin-secret")["value_wo"]).toBe(
      "${var.user_management_origin_secret},${var.user_management_origin_secret_previous}",
    );
  });

  it("has each security header whatever the origin says", () => {
    const [policy] = Object.values(users.all("aws_cloudfront_response_headers_policy"));

    expect(policy?.["security_headers_config"]).toEqual({
      content_security_policy: {
        content_security_policy: "default-src 'none'; frame-ancestors 'none'",
        override: true,
      },
      content_type_options: { override: true },
      frame_options: { frame_option: "DENY", override: true },
      referrer_policy: { referrer_policy: "no-referrer", override: true },
      strict_transport_security: { access_control_max_age_sec: 31_536_000, include_subdomains: true, override: true },
    });
  });

  it("keeps no error: what was not there a moment ago may be there now", () => {
    const kept = users.at("aws_cloudfront_distribution", "distribution")["custom_error_response"] as object[];

    // All that CloudFront keeps for ten seconds by itself.
    expect(kept).toEqual(
      [404, 405, 414, 500, 501, 502, 503, 504].map((status) => ({
        error_code: status,
        error_caching_min_ttl: 0,
      })),
    );
  });

  it("keeps its header until the secret's version is raised, as the parameter does, and refuses another value", () => {
    const kept = users.at("terraform_data", "origin-secret/kept");
    const { ignore_changes, postcondition } = kept["lifecycle"] as Record<string, { condition: string }[]>;

    expect(kept).toMatchObject({
      input: "${var.user_management_origin_secret}",
      triggers_replace: ["${var.secret_versions.user_management_origin_secret}"],
    });
    expect(users.at("aws_ssm_parameter", "origin-secret")["value_wo_version"]).toBe(
      "${var.secret_versions.user_management_origin_secret}",
    );
    expect(ignore_changes).toEqual(["input"]);
    expect(postcondition?.map(({ condition }) => condition)).toEqual([
      '${self.input == var.user_management_origin_secret || var.user_management_origin_secret == "only-for-a-plan"}',
      '${self.output != "only-for-a-plan" && self.output != ""}',
    ]);
  });

  it("comes with functions that start anew when the secret is replaced, and keep nothing of the old one in memory", () => {
    expect(users.at("aws_lambda_function", "prod/create-user")["environment"]).toMatchObject({
      variables: { ORIGIN_SECRET_VERSION: "${aws_ssm_parameter.origin-secret.value_wo_version}" },
    });
  });

  it("under a name of its own takes TLS 1.2 at least, with a certificate of CloudFront's region", () => {
    const domain = { name: "users.example.com", hostedZoneId: "Z0123456789ABCDEFGHIJ" };
    const named = { ...dev, userManagement: { ...dev.userManagement, region: "eu-west-1", domain } };
    const stack = synth(new UserManagementStack(Testing.app(), named));

    expect(stack.at("aws_cloudfront_distribution", "distribution")).toMatchObject({
      aliases: ["users.example.com"],
      viewer_certificate: { minimum_protocol_version: "TLSv1.2_2021", ssl_support_method: "sni-only" },
    });
    expect(stack.at("aws_acm_certificate", "distribution/certificate")["region"]).toBe("us-east-1");
    expect(stack.at("aws_route53_record", "distribution/alias-aaaa")).toMatchObject({
      name: domain.name,
      type: "AAAA",
    });
    expect(stack.json.output["distribution_url"]?.value).toBe("https://users.example.com");
  });

  it("has its logs delivered to the log bucket, which forgets after 90 days", () => {
    const [, delivery] = users.statements("aws_s3_bucket_policy", "logs/policy");
    const { rule } = users.at("aws_s3_bucket_lifecycle_configuration", "logs/lifecycle") as { rule: object[] };

    expect(delivery).toMatchObject({
      Principal: { Service: ["delivery.logs.amazonaws.com"] },
      Action: ["s3:PutObject"],
      Resource: ["${aws_s3_bucket.logs.arn}/AWSLogs/000000000000/CloudFront/*"],
    });
    expect(rule).toEqual([
      expect.objectContaining({ filter: [{ prefix: "" }], expiration: [{ days: 90 }] }),
      expect.objectContaining({ noncurrent_version_expiration: [{ noncurrent_days: 30 }] }),
    ]);
  });
});

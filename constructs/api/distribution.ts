import { CloudfrontDistribution } from "@cdktf/provider-aws/lib/cloudfront-distribution";
import { CloudfrontResponseHeadersPolicy } from "@cdktf/provider-aws/lib/cloudfront-response-headers-policy";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import type { DomainSettings } from "../../environments/environment";
import type { Bucket } from "../data/bucket";
import type { Secret } from "../data/secret";
import { StackContext } from "../synth/stack-context";
import type { ApiStage } from "./api-stage";
import { Certificate } from "./certificate";
import { DistributionLogs } from "./distribution-logs";

export interface DistributionProps {
  /** The origin: a stage that refuses requests which bypass the distribution. */
  readonly stage: ApiStage;
  /** Known to the distribution and to what answers; `handlers/runtime/origin.ts` is the other end. */
  readonly originSecret: Secret;
  /** Bucket of the access logs. */
  readonly logBucket: Bucket;
  /** A name of one's own, which TLS 1.2 at least takes: of its own name AWS alone decides. @default CloudFront's */
  readonly domain: DomainSettings | undefined;
}

/**
 * Ids of managed policies, the same in every account (developer guide, "Use managed cache policies" and its siblings).
 */
const managed = {
  cachingDisabled: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  /** All that the client sent. API Gateway knows itself by its own host name only. */
  allViewerExceptHostHeader: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
};

/** CloudFront takes certificates of this region only. */
const certificateRegion = "us-east-1";

/**
 * The statuses of errors that CloudFront keeps without being asked to, for ten seconds unless configured otherwise
 * (developer guide, "How CloudFront processes HTTP 4xx and 5xx status codes from your origin": HTTP 4xx and 5xx status
 * codes that CloudFront always caches): what was not there a moment ago may be there now. Where an edition leaves 405
 * out, it may be named all the same ("Creating a custom error page for specific HTTP status codes"). Others (400, 403,
 * 412, 415) it keeps only where the origin's `Cache-Control` says so, which no error of ours has.
 */
const keptErrors = [404, 405, 414, 500, 501, 502, 503, 504];

const yearSeconds = 31_536_000;

/** For answers that are data, which no browser is to show, frame or guess the type of. */
const securityHeaders = {
  contentTypeOptions: { override: true },
  frameOptions: { frameOption: "DENY", override: true },
  referrerPolicy: { referrerPolicy: "no-referrer", override: true },
  contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'", override: true },
  strictTransportSecurity: { accessControlMaxAgeSec: yearSeconds, includeSubdomains: true, override: true },
};

/**
 * CloudFront in front of a stage: HTTPS by HTTP/2 and 3, nothing cached, security headers, access logs.
 *
 * @example
 * new Distribution(this, "distribution", { stage, originSecret: secret, logBucket: bucket, domain: undefined });
 */
export class Distribution extends Construct {
  readonly url: string;
  readonly resource: CloudfrontDistribution;

  constructor(scope: Construct, id: string, props: DistributionProps) {
    super(scope, id);
    const { stage, originSecret, logBucket, domain } = props;
    const stack = StackContext.of(this);
    const { restApiId, stageName } = stage.resource;
    const headers = new CloudfrontResponseHeadersPolicy(this, "headers", {
      name: stack.nameOf(this),
      securityHeadersConfig: securityHeaders,
    });
    const originId = "stage";
    this.resource = new CloudfrontDistribution(this, "Default", {
      comment: stack.nameOf(this),
      enabled: true,
      isIpv6Enabled: true,
      httpVersion: "http2and3",
      origin: [
        {
          originId,
          domainName: `${restApiId}.execute-api.${stack.region}.amazonaws.com`,
          originPath: `/${stageName}`,
          customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: "https-only",
            originSslProtocols: ["TLSv1.2"],
            // API Gateway answers within 29 seconds.
            originReadTimeout: 30,
          },
          customHeader: [{ name: "x-origin-secret", value: originSecret.value }],
        },
      ],
      defaultCacheBehavior: {
        targetOriginId: originId,
        allowedMethods: ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
        cachedMethods: ["GET", "HEAD"],
        viewerProtocolPolicy: "redirect-to-https",
        cachePolicyId: managed.cachingDisabled,
        originRequestPolicyId: managed.allViewerExceptHostHeader,
        responseHeadersPolicyId: headers.id,
      },
      customErrorResponse: keptErrors.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
      restrictions: { geoRestriction: { restrictionType: "none" } },
      ...(domain ? this.named(domain) : { viewerCertificate: { cloudfrontDefaultCertificate: true } }),
    });
    new DistributionLogs(this, "logs", { distribution: this.resource, bucket: logBucket });
    this.url = `https://${domain?.name ?? this.resource.domainName}`;
    if (domain) this.lead(domain);
  }

  private named(domain: DomainSettings) {
    const certificate = new Certificate(this, "certificate", { domain, region: certificateRegion });
    return {
      aliases: [domain.name],
      viewerCertificate: {
        acmCertificateArn: certificate.arn,
        sslSupportMethod: "sni-only",
        minimumProtocolVersion: "TLSv1.2_2021",
      },
    };
  }

  /** Leads the name to the distribution, by IPv4 and IPv6. */
  private lead({ name, hostedZoneId }: DomainSettings): void {
    for (const type of ["A", "AAAA"]) {
      new Route53Record(this, `alias-${type.toLowerCase()}`, {
        zoneId: hostedZoneId,
        name,
        type,
        alias: { name: this.resource.domainName, zoneId: this.resource.hostedZoneId, evaluateTargetHealth: false },
      });
    }
  }
}

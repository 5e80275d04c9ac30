import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import { ApiGatewayBasePathMapping } from "@cdktf/provider-aws/lib/api-gateway-base-path-mapping";
import { ApiGatewayDomainName } from "@cdktf/provider-aws/lib/api-gateway-domain-name";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import type { DomainSettings } from "../environments/environment";
import type { ApiStage } from "./api-stage";
import { type Rule, validate } from "./validation";

export interface CustomDomainProps {
  readonly stage: ApiStage;
  /** @default none: the stage keeps the URL that API Gateway makes up */
  readonly domain: DomainSettings | undefined;
}

/** A stage under a name of one's own, with a certificate that renews itself; nothing where no name is given. */
export class CustomDomain extends Construct {
  /** Where the API is served: under the name, or where the stage is anyway. */
  readonly url: string;

  constructor(scope: Construct, id: string, { stage, domain }: CustomDomainProps) {
    super(scope, id);
    if (!domain) {
      this.url = stage.url;
      return;
    }
    const { name, hostedZoneId } = domain;
    this.url = `https://${name}`;
    const endpoint = new ApiGatewayDomainName(this, "Default", {
      domainName: name,
      regionalCertificateArn: this.certificateArn(domain),
      endpointConfiguration: { types: ["REGIONAL"] },
      securityPolicy: "TLS_1_2",
    });
    new ApiGatewayBasePathMapping(this, "mapping", {
      domainName: endpoint.domainName,
      apiId: stage.resource.restApiId,
      stageName: stage.resource.stageName,
    });
    new Route53Record(this, "alias", {
      zoneId: hostedZoneId,
      name,
      type: "A",
      alias: { name: endpoint.regionalDomainName, zoneId: endpoint.regionalZoneId, evaluateTargetHealth: false },
    });
    validate(this, () => domainRules(domain));
  }

  /** A certificate of the stage's region, once the zone has proven whose name it is. */
  private certificateArn({ name, hostedZoneId }: DomainSettings): string {
    const certificate = new AcmCertificate(this, "certificate", {
      domainName: name,
      validationMethod: "DNS",
      // One that is in use can't be deleted.
      lifecycle: { createBeforeDestroy: true },
    });
    const proof = certificate.domainValidationOptions.get(0);
    const record = new Route53Record(this, "certificate-proof", {
      zoneId: hostedZoneId,
      name: proof.resourceRecordName,
      type: proof.resourceRecordType,
      records: [proof.resourceRecordValue],
      ttl: 300,
      // The same for every certificate of a name, so it may be there.
      allowOverwrite: true,
    });
    return new AcmCertificateValidation(this, "certificate-validation", {
      certificateArn: certificate.arn,
      validationRecordFqdns: [record.fqdn],
    }).certificateArn;
  }
}

/** ACM's own limit for the first name of a certificate is 64 characters. */
const domainRules = ({ name, hostedZoneId }: DomainSettings): Rule[] => [
  [
    name.length <= 64 && /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(name),
    `domain.name must be a host name in lower case of at most 64 characters (items.example.com), got ${name}; correct it`,
  ],
  [
    /^Z[A-Z0-9]{1,31}$/.test(hostedZoneId),
    `domain.hostedZoneId must be the id of a Route 53 zone (Z and up to 31 letters or digits), got ${hostedZoneId}; copy it without /hostedzone/`,
  ],
];

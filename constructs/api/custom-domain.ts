import { ApiGatewayBasePathMapping } from "@cdktf/provider-aws/lib/api-gateway-base-path-mapping";
import { ApiGatewayDomainName } from "@cdktf/provider-aws/lib/api-gateway-domain-name";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import type { DomainSettings } from "../../environments/environment";
import type { ApiStage } from "./api-stage";
import { Certificate } from "./certificate";

export interface CustomDomainProps {
  /** The stage that answers there. */
  readonly stage: ApiStage;
  /** The name that clients call it by. @default none: the stage keeps the URL that API Gateway makes up */
  readonly domain: DomainSettings | undefined;
}

/**
 * A stage under a name of one's own, with a certificate that renews itself; nothing where no name is given.
 *
 * @example
 * const domain = { name: "items.example.com", hostedZoneId: "Z0123456789" };
 * const { url } = new CustomDomain(this, "domain", { stage, domain });
 */
export class CustomDomain extends Construct {
  /** URL of the API: under the custom domain name, or the stage's own. */
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
      regionalCertificateArn: new Certificate(this, "certificate", { domain }).arn,
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
  }
}

import { AcmCertificate } from "@cdktf/provider-aws/lib/acm-certificate";
import { AcmCertificateValidation } from "@cdktf/provider-aws/lib/acm-certificate-validation";
import { Route53Record } from "@cdktf/provider-aws/lib/route53-record";
import { Construct } from "constructs";
import type { DomainSettings } from "../../environments/environment";
import { type Rule, validate } from "../synth/validation";

export interface CertificateProps {
  readonly domain: DomainSettings;
  /** @default the stack's region */
  readonly region?: string;
}

/**
 * A certificate for a name of one's own, which renews itself.
 *
 * @example
 * new Certificate(this, "certificate", { domain: { name: "things.example.com", hostedZoneId: "Z0123456789" } });
 */
export class Certificate extends Construct {
  /** Known once the zone has proven whose name it is. */
  readonly arn: string;

  constructor(scope: Construct, id: string, { domain, region }: CertificateProps) {
    super(scope, id);
    const { name, hostedZoneId } = domain;
    const inRegion = region === undefined ? {} : { region };
    const certificate = new AcmCertificate(this, "Default", {
      ...inRegion,
      domainName: name,
      validationMethod: "DNS",
      // One that is in use can't be deleted.
      lifecycle: { createBeforeDestroy: true },
    });
    const proof = certificate.domainValidationOptions.get(0);
    const record = new Route53Record(this, "proof", {
      zoneId: hostedZoneId,
      name: proof.resourceRecordName,
      type: proof.resourceRecordType,
      records: [proof.resourceRecordValue],
      ttl: 300,
      // The same for every certificate of a name, so it may be there.
      allowOverwrite: true,
    });
    this.arn = new AcmCertificateValidation(this, "validation", {
      ...inRegion,
      certificateArn: certificate.arn,
      validationRecordFqdns: [record.fqdn],
    }).certificateArn;
    validate(this, () => domainRules(domain));
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

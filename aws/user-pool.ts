import { parseArn } from "./arn";

/** The issuer that a user pool's tokens name (Cognito developer guide, "Verifying JSON web tokens"). */
export const userPoolIssuer = (region: string, id: string): string =>
  `https://cognito-idp.${region}.amazonaws.com/${id}`;

/** The issuer of a user pool by its ARN. @returns undefined for an ARN of something else */
export function issuerOfUserPool(arn: string): string | undefined {
  const { service, region = "", resource = "" } = parseArn(arn) ?? {};
  const [, id] = /^userpool\/([\w-]+_[0-9a-zA-Z]+)$/.exec(resource) ?? [];
  return service === "cognito-idp" && id !== undefined ? userPoolIssuer(region, id) : undefined;
}

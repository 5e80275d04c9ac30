import { roleArn } from "../../aws/arn";
import { readPolicy } from "../iam/policy";
import type { Secrets } from "../lib/secrets";
import type { Principal } from "../services/configuration";
import type { System } from "./system";

/** Environment variables by which a person, or a tool for people, reaches AWS on this machine. */
export interface OperatorAccess {
  readonly AWS_ENDPOINT_URL: string;
  readonly AWS_REGION: string;
  /** The same, under the name that awscli 1 reads. */
  readonly AWS_DEFAULT_REGION: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
}

const allRights = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

const fallback = { accountId: "000000000000", region: "us-east-1" };

/** The person at this machine, who may do everything: receive from queues, redrive them, read tables. */
export function operatorOf(systems: readonly System[], secrets: Secrets): Principal {
  const { accountId, region } = systems.find(({ principals }) => principals.length > 0)?.principals[0] ?? fallback;
  const arn = roleArn(accountId, "operator");
  return {
    functionName: "operator",
    functionArn: arn,
    roleArn: arn,
    accountId,
    region,
    everywhere: true,
    credentials: {
      accessKeyId: "OPERATOR",
      secretAccessKey: secrets.of("operator", 40),
      sessionToken: "",
    },
    statements: readPolicy(allRights, "operator"),
    naming: { functionId: "operator", grantables: [] },
  };
}

/** The environment variables of the operator's tools. */
export const accessOf = ({ credentials, region }: Principal, endpointUrl: string): OperatorAccess => ({
  AWS_ENDPOINT_URL: endpointUrl,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
});

import { SSMClient } from "@aws-sdk/client-ssm";
import { settings, withinDeadline } from "./client";

/** Parameter Store. */
export const ssmClient = (): SSMClient => withinDeadline("SSM", new SSMClient(settings()));

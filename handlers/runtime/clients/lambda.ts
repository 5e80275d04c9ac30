import { LambdaClient } from "@aws-sdk/client-lambda";
import { settings, withinDeadline } from "./client";

/** Lambda. */
export const lambdaClient = (): LambdaClient => withinDeadline("Lambda", new LambdaClient(settings()));

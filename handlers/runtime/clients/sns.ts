import { SNSClient } from "@aws-sdk/client-sns";
import { settings, withinDeadline } from "./client";

/** SNS. */
export const snsClient = (): SNSClient => withinDeadline("SNS", new SNSClient(settings()));

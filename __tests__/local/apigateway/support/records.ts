import { gatewayBody } from "../../../../contracts/gateway-body";
import { recordsApi } from "../../../fixtures/records-api";
import { type ApiSetup, functionArn } from "./api";

export const origin = "https://app.example";
export const apiKey = "a-key-of-twenty-chars";
export const recordPath = "/records/0190f5d4-0000-7000-8000-000000000001";

/** An API as it is deployed, all of its operations being one function. */
export function recordsSetup(overrides: Partial<ApiSetup> = {}, origins: readonly string[] = [origin]): ApiSetup {
  const integrations = Object.fromEntries(
    Object.keys(recordsApi.routes).map((operation) => [operation, { functionArn, timeoutMs: 50 }]),
  );
  const body = gatewayBody(recordsApi, { region: "us-east-1", integrations, corsOrigins: origins });
  return { stage: "dev", routes: {}, text: JSON.stringify(body), keys: [{ name: "k", value: apiKey }], ...overrides };
}

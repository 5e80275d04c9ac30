import { type AwsServer, bodyOf, startAwsServer } from "./aws-server";

/** Parameter Store with SecureStrings: only who asks for decryption reads them. */
export interface ParameterStore {
  readonly server: AwsServer;
  /** Name → value; set one to rotate it. */
  readonly values: Map<string, string>;
}

/** Starts Parameter Store. */
export async function startParameterStore(values: Readonly<Record<string, string>>): Promise<ParameterStore> {
  const kept = new Map(Object.entries(values));
  const server = await startAwsServer(async (request, response) => {
    const { Name, WithDecryption } = JSON.parse(await bodyOf(request)) as { Name: string; WithDecryption?: boolean };
    const value = kept.get(Name);
    const found = {
      Parameter: { Name, Type: "SecureString", Version: 1, Value: WithDecryption ? value : "AQICAHencrypted" },
    };
    const answer = value === undefined ? { __type: "ParameterNotFound", message: "not found" } : found;
    response
      .writeHead(value === undefined ? 400 : 200, { "content-type": "application/x-amz-json-1.1" })
      .end(JSON.stringify(answer));
  });
  return { server, values: kept };
}

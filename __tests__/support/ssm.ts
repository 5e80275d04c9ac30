import { join } from "node:path";
import { Parameters } from "../../local/services/ssm/parameters";
import { ssmService } from "../../local/services/ssm/service";
import { temporaryFolder } from "../local/support/stack-file";
import type { AwsServer } from "./aws-server";
import { startService } from "./service";

/** Parameter Store with SecureStrings: only who asks for decryption reads them. */
export interface ParameterStore {
  readonly server: AwsServer;
  /** Name → value; set one to rotate it. */
  readonly values: Map<string, string>;
}

/** Starts Parameter Store. */
export async function startParameterStore(values: Readonly<Record<string, string>>): Promise<ParameterStore> {
  const kept = new Map(Object.entries(values));
  const parameters = new Parameters(join(temporaryFolder(), "ssm.log"));
  const service = ssmService(parameters, () => []);
  const operation: typeof service.operation = (request) => {
    parameters.provision(
      [...kept].map(([name, value]) => {
        const arn = `arn:aws:ssm:us-east-1:000000000000:parameter/${name.replace(/^\//, "")}`;
        return { name, arn, type: "SecureString", value, version: 1 };
      }),
    );
    return service.operation(request);
  };
  return { server: await startService({ ...service, operation }), values: kept };
}

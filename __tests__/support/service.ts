import { type Service, ServiceError, type ServiceRequest, type ServiceResponse } from "../../local/services/service";
import { type AwsServer, bodyOf, startAwsServer } from "./aws-server";

const caller = {
  functionName: "test",
  roleArn: "arn:aws:iam::000000000000:role/test",
  accountId: "000000000000",
  region: "us-east-1",
};

async function answered(service: Service, request: ServiceRequest): Promise<ServiceResponse> {
  try {
    // Whoever asks may do what it asks for, and learn what is not there.
    const answer = await service.operation(request).run(({ action }) => action === "s3:ListBucket");
    if ("stream" in answer) throw new Error("answers that are streamed are not served here");
    return answer;
  } catch (error) {
    if (error instanceof ServiceError) return service.failure(error);
    throw error;
  }
}

/** Serves one of the services that the local run emulates, where it can be made to fail. */
export const startService = (
  service: Service,
  /** Called after a success. */
  done: (request: ServiceRequest) => void = () => undefined,
): Promise<AwsServer> =>
  startAwsServer(async (asked, response) => {
    const { method = "GET", url = "/", headers } = asked;
    const [path = "/", query = ""] = url.split("?");
    const body = Buffer.from(await bodyOf(asked));
    const request = { caller, method, path, query: new URLSearchParams(query), headers, body };
    const answer = await answered(service, request);
    if (answer.status < 300) done(request);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });

import { type AwsServer, startAwsServer } from "../aws-server";
import { apiGateway } from "./api-gateway";
import { cloudWatch } from "./cloud-watch";
import { codeDeploy } from "./code-deploy";
import { type Account, emptyAccount } from "./contents";
import { dynamoDb } from "./dynamo-db";
import { lambda } from "./lambda";
import { logs } from "./logs";
import { s3 } from "./s3";
import type { Asked, Service } from "./service";
import { sns } from "./sns";
import { ssm } from "./ssm";
import { sts } from "./sts";

/** By the name that calls are signed for. */
const services: Readonly<Record<string, (account: Account, url: () => string) => Service>> = {
  apigateway: apiGateway,
  codedeploy: codeDeploy,
  dynamodb: dynamoDb,
  lambda,
  logs,
  monitoring: cloudWatch,
  s3,
  sns,
  ssm,
  sts,
};

/** An account of AWS's on this machine, with what a test puts into it. */
export interface ServedAccount extends Account {
  readonly url: string;
  stop(): Promise<void>;
}

async function bytesOf(request: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/**
 * Serves what the commands of pages ask AWS for. Tables are the embedded database's; of the rest, each service is as much as
 * those commands see of it. A call that no service knows is refused, and so fails whoever made it.
 */
export async function startAccount(): Promise<ServedAccount> {
  const account = emptyAccount();
  let server: AwsServer | undefined;
  const url = () => server?.url ?? "";
  const served = new Map(Object.entries(services).map(([name, serve]) => [name, serve(account, url)]));
  server = await startAwsServer(async (request, response) => {
    const { method = "GET", headers } = request;
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const [, region = "", name = ""] =
      /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? "") ?? [];
    const service = served.get(name);
    if (!service) return void response.writeHead(501).end(`there is no service ${name}`);
    const asked: Asked = {
      ...{ method, headers, region, query: searchParams },
      path: decodeURIComponent(pathname),
      body: await bytesOf(request),
    };
    account.asked.push({ service: name, region });
    const { status = 200, headers: sent = {}, body } = await service(asked);
    response.writeHead(status, sent).end(method === "HEAD" ? undefined : body);
  });
  const stop = async () => {
    for (const end of account.stopping) await end();
    await server.stop();
  };
  return Object.assign(account, { url: server.url, stop });
}

import { type AwsServer, bodyOf, startAwsServer } from "./aws-server";

/** A topic that keeps what was published. */
export interface TopicServer {
  readonly server: AwsServer;
  readonly arn: string;
  readonly messages: { readonly subject: string | null; readonly message: string }[];
}

/** Starts SNS with a topic. */
export async function startTopic(arn: string): Promise<TopicServer> {
  const messages: TopicServer["messages"] = [];
  const server = await startAwsServer(async (request, response) => {
    const form = new URLSearchParams(await bodyOf(request));
    if (form.get("Action") !== "Publish" || form.get("TopicArn") !== arn) return void response.writeHead(404).end();
    messages.push({ subject: form.get("Subject"), message: form.get("Message") ?? "" });
    const result = `<PublishResult><MessageId>${messages.length}</MessageId></PublishResult>`;
    const body = `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">${result}</PublishResponse>`;
    response.writeHead(200, { "content-type": "text/xml" }).end(body);
  });
  return { server, arn, messages };
}

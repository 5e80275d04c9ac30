import { Recorder } from "../../../local/page/recorder";
import { openPage } from "../support/local-page";
import { apiOf, startSeveral, stopWrittenStacks } from "../support/written-stack";

afterAll(stopWrittenStacks);

const stackIn = (region: string, name: string) => ({
  provider: { aws: [{ region, allowed_account_ids: ["000000000000"] }] },
  resource: {
    ...apiOf(name),
    aws_dynamodb_table: {
      things: {
        ...{ name, hash_key: "id", attribute: [{ name: "id", type: "S" }], billing_mode: "PAY_PER_REQUEST" },
      },
    },
    aws_sqs_queue: { work: { name } },
  },
});

test("the page shows what stacks of several regions have, in whichever it is", async () => {
  const recorder = new Recorder();
  const stacks = { near: stackIn("us-east-1", "near"), far: stackIn("eu-west-1", "far") };
  const page = await openPage(await startSeveral(stacks, recorder), recorder);
  for (const name of ["near", "far"]) {
    expect(await page.post("/api/aws/dynamodb/Scan", { TableName: name })).toMatchObject({ status: 200 });
    const { body } = await page.post("/api/aws/sqs/GetQueueUrl", { QueueName: name });
    expect(body).toMatchObject({ QueueUrl: expect.stringContaining(`/${name}`) });
  }
  await page.stop();
});

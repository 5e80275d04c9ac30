import { Recorder } from "../../../local/page/recorder";
import { eventually } from "../../support/eventually";
import { type OpenPage, openPage } from "../support/local-page";
import { arnOf } from "../support/services";
import { apiOf, startWritten, stopWrittenStacks } from "../support/written-stack";

const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "scheduler.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
const stack = {
  ...apiOf("api"),
  aws_sqs_queue: { work: { name: "work" } },
  aws_sns_topic: { news: { name: "news" } },
  aws_sns_topic_subscription: {
    work: {
      ...{ topic_arn: "${aws_sns_topic.news.arn}", protocol: "sqs", endpoint: "${aws_sqs_queue.work.arn}" },
      ...{ filter_policy: JSON.stringify({ colour: ["red"] }), filter_policy_scope: "MessageAttributes" },
    },
  },
  aws_iam_role: { nightly: { name: "nightly", assume_role_policy: JSON.stringify(trust) } },
  aws_scheduler_schedule: {
    nightly: {
      ...{ name: "nightly", schedule_expression: "cron(0 3 * * ? *)", flexible_time_window: { mode: "OFF" } },
      target: {
        ...{ arn: "${aws_sqs_queue.work.arn}", role_arn: "${aws_iam_role.nightly.arn}" },
        retry_policy: { maximum_retry_attempts: 0, maximum_event_age_in_seconds: 60 },
      },
    },
  },
};

let page: OpenPage;
beforeAll(async () => {
  const recorder = new Recorder();
  page = await openPage(await startWritten(stack, {}, recorder), recorder);
});
afterAll(async () => {
  await page?.stop();
  await stopWrittenStacks();
});

const trouble = (title: string) =>
  eventually(async () => {
    const { troubles } = (await page.get("/api/overview")).body;
    return troubles.find((one: { title: string }) => one.title === title);
  });

test("a message that a filter drops is said to go to nobody, with the attribute that does not fit", async () => {
  const TopicArn = arnOf("sns", "news");
  const MessageAttributes = { colour: { DataType: "String", StringValue: "blue" } };
  await page.post("/api/aws/sns/Publish", { TopicArn, Message: "hello", MessageAttributes });

  const why = 'of the message\'s attributes colour is "blue", and ["red"] is asked for';
  expect(await trouble("nobody has a message of news")).toMatchObject({
    sentence: `The filters of all subscriptions dropped a message of news; of sqs ${arnOf("sqs", "work")}: ${why}.`,
    href: "/data?resource=topic:news",
  });
  const [message] = (await page.get(`/api/messages?topic=${TopicArn}`)).body.messages;
  expect(message).toMatchObject({ to: [], dropped: [{ to: `sqs ${arnOf("sqs", "work")}`, why }] });
});

test("a schedule whose role has no right is found with the right that it lacks", async () => {
  const { body } = await page.post("/api/schedules/fire", { arn: arnOf("scheduler", "schedule/default/nightly") });
  expect(body).toMatchObject({ result: "dropped" });

  expect(await trouble("failed schedule nightly")).toMatchObject({
    sentence: expect.stringMatching(/^sqs work did not take what was due, which is lost: .*sqs:SendMessage/),
    href: "/data?resource=schedule:nightly",
  });
  expect(await trouble("denied nightly")).toMatchObject({
    sentence: "nightly was denied sqs:SendMessage on sqs work: its role does not allow it.",
  });
});

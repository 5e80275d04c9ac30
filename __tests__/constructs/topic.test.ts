import { NodeFunction } from "../../constructs/compute/node-function";
import type { Queue } from "../../constructs/events/queue";
import { type SubscriptionProps, Topic } from "../../constructs/events/topic";
import type { SystemStack } from "../../constructs/synth/system-stack";
import { thingEntry } from "../fixtures/thing-entry";
import { emptyStack, problemsOf, synth } from "../support/stack";
import { watchedQueue } from "../support/watched-queue";

const fn = (stack: SystemStack) =>
  new NodeFunction(stack, "get-thing", {
    entry: thingEntry,
    environment: { THINGS_TABLE: "things" },
  });

describe("a topic", () => {
  const scope = emptyStack();
  const news = new Topic(scope, "news");
  const reader = fn(scope);
  const archive = watchedQueue(scope, "archive");
  news.subscribe(archive, { filter: { language: ["en", { prefix: "pt-" }] } });
  news.subscribe(reader, { filter: { text: { words: ["${never} a reference"] } }, filterOn: "MessageBody" });
  news.subscribe("reader@example.com");
  archive.collectFailures(reader);
  const stack = synth(scope);

  it("sends a queue what it wants, as it was published, when the queue lets it", () => {
    const subscription = stack.at("aws_sns_topic_subscription", "news/to-archive");

    expect(subscription).toMatchObject({
      protocol: "sqs",
      endpoint: "${aws_sqs_queue.archive.arn}",
      raw_message_delivery: true,
      filter_policy: '{"language":["en",{"prefix":"pt-"}]}',
      filter_policy_scope: "MessageAttributes",
      depends_on: [expect.stringMatching(/^aws_sqs_queue_policy\./)],
    });
    expect(stack.statements("aws_sqs_queue_policy", "archive/policy")).toContainEqual({
      Effect: "Allow",
      Principal: { Service: ["sns.amazonaws.com"] },
      Action: ["sqs:SendMessage"],
      Resource: ["${aws_sqs_queue.archive.arn}"],
      Condition: { ArnEquals: { "aws:SourceArn": "${aws_sns_topic.news.arn}" } },
    });
  });

  it("calls the version of a function that serves, when the function lets it", () => {
    expect(stack.at("aws_sns_topic_subscription", "news/to-get-thing")).toMatchObject({
      protocol: "lambda",
      endpoint: expect.stringMatching(/^\$\{aws_lambda_alias\.get-thing_live_\w+\.arn\}$/),
      filter_policy: '{"text":{"words":["$${never} a reference"]}}',
      filter_policy_scope: "MessageBody",
      depends_on: [expect.stringMatching(/^aws_lambda_permission\./)],
    });
    expect(stack.at("aws_lambda_permission", "news/to-get-thing-permission")).toMatchObject({
      principal: "sns.amazonaws.com",
      source_arn: "${aws_sns_topic.news.arn}",
      qualifier: expect.stringContaining("aws_lambda_alias.get-thing_live_"),
    });
  });

  it("writes to an address", () => {
    const { endpoint, protocol } = stack.at("aws_sns_topic_subscription", "news/subscriber-1");

    expect([protocol, endpoint]).toEqual(["email", "reader@example.com"]);
  });
});

const subscribed = (
  subscriber: (stack: SystemStack) => Queue | NodeFunction | string,
  props: SubscriptionProps = {},
) => {
  const stack = emptyStack();
  new Topic(stack, "news").subscribe(subscriber(stack), props);
  return stack;
};

it.each<[string, SystemStack, string]>([
  [
    "a function whose failures would be lost",
    subscribed(fn),
    "test-dev/get-thing: a queue must collect what get-thing fails on, since nobody waits for its events, got none; add failures.collectFailures",
  ],
  [
    "a FIFO queue, whose messages need a group",
    subscribed((stack) => watchedQueue(stack, "archive", { fifo: true })),
    "test-dev/news: subscribe must be given a standard queue, since messages here are in no group, got a FIFO queue; leave fifo out",
  ],
  [
    "an address that is none",
    subscribed(() => "reader"),
    "test-dev/news: subscribe must be given an e-mail address, got reader; correct it",
  ],
  [
    "a filter of attributes that have no properties",
    subscribed(() => "reader@example.com", { filter: { text: { words: ["a"] } } }),
    'test-dev/news: filter must be lists of values by the attribute\'s name, got {"text":{"words":["a"]}}; for what is deeper, set filterOn to MessageBody',
  ],
])("refuses %s", (_, stack, problem) => {
  expect(problemsOf(stack)).toEqual([problem]);
});

it.each<[string, object, string | undefined]>([
  ["a hundred characters", { displayName: "x".repeat(100) }, undefined],
  ["letters, digits, spaces, hyphens and underscores", { displayName: "News of 2 things - a_b" }, undefined],
  [
    "a character more than a hundred",
    { displayName: "x".repeat(101) },
    `displayName must be 1–100 letters, digits, spaces, - or _, got ${"x".repeat(101)}; choose a shorter or plainer one`,
  ],
  [
    "nothing",
    { displayName: "" },
    "displayName must be 1–100 letters, digits, spaces, - or _, got ; choose a shorter or plainer one",
  ],
  [
    "another character",
    { displayName: "Neues für Leser" },
    "displayName must be 1–100 letters, digits, spaces, - or _, got Neues für Leser; choose a shorter or plainer one",
  ],
])("a name that e-mails come from is taken or refused: %s", (_, props, problem) => {
  const stack = emptyStack();
  new Topic(stack, "news", props);
  expect(problemsOf(stack)).toEqual(problem === undefined ? [] : [`test-dev/news: ${problem}`]);
});

it("refuses alarms' addresses that are none, each of them", () => {
  const stack = emptyStack({ alarmEmails: ["on-call@example.com", "nobody", "a b@example.com"] });
  new Topic(stack, "alarms", { forAlarms: true });
  expect(problemsOf(stack)).toEqual([
    "test-dev/alarms: alarmEmails must be e-mail addresses, got nobody; correct it",
    "test-dev/alarms: alarmEmails must be e-mail addresses, got a b@example.com; correct it",
  ]);
});

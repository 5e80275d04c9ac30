import type { Browser } from "playwright-core";
import { Recorder } from "../../../local/page/recorder";
import {
  complaintsOf,
  cutOffIn,
  describeInBrowser,
  faintIn,
  newPage,
  startBrowser,
  unnamedIn,
} from "../support/browser";
import { type OpenPage, openPage } from "../support/local-page";
import { arnOf } from "../support/services";
import { apiOf, startWritten, stopWrittenStacks } from "../support/written-stack";

const queue = (name: string) => ({ [name]: { name } });
const source = (name: string) => ({ ArnEquals: { "aws:SourceArn": `\${aws_cloudwatch_event_rule.${name}.arn}` } });
/** Lets rules send to a queue. */
const admits = (name: string, ...rules: string[]) => ({
  [name]: {
    queue_url: `\${aws_sqs_queue.${name}.id}`,
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: rules.map((rule) => ({
        ...{ Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sqs:SendMessage" },
        ...{ Resource: `\${aws_sqs_queue.${name}.arn}`, Condition: source(rule) },
      })),
    }),
  },
});
const bus = "${aws_cloudwatch_event_bus.shop.name}";
const rule = (name: string, pattern: object, more: object = {}) => ({
  [name]: { name, event_bus_name: bus, event_pattern: JSON.stringify(pattern), ...more },
});
const target = (of: string, to: string) => ({
  [of]: {
    rule: `\${aws_cloudwatch_event_rule.${of}.name}`,
    event_bus_name: bus,
    arn: `\${aws_sqs_queue.${to}.arn}`,
    dead_letter_config: { arn: "${aws_sqs_queue.dead.arn}" },
  },
});

const stack = {
  ...apiOf("api"),
  aws_cloudwatch_event_bus: { shop: { name: "shop" } },
  aws_cloudwatch_event_rule: {
    ...rule("paid", { source: ["shop"] }),
    ...rule("much", { detail: { amount: [{ numeric: [">", 1000] }] } }),
    ...rule("resting", { source: ["shop"] }, { state: "DISABLED" }),
  },
  aws_cloudwatch_event_target: { ...target("paid", "work"), ...target("much", "closed"), ...target("resting", "work") },
  aws_sqs_queue: { ...queue("work"), ...queue("closed"), ...queue("dead") },
  aws_sqs_queue_policy: { ...admits("work", "paid"), ...admits("dead", "paid", "much") },
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

describe("event buses on the page", () => {
  const put = async (amount: unknown, source = "shop", busName = "shop") => {
    const entry = {
      EventBusName: busName,
      Source: source,
      DetailType: "OrderPaid",
      Detail: JSON.stringify({ amount }),
    };
    return (await page.post("/api/aws/events/PutEvents", { Entries: [entry] })).body;
  };
  const events = async () => (await page.get("/api/bus-events?bus=shop")).body.events;

  test("a bus stands there with its rules, their patterns and targets, disabled ones too", async () => {
    const [{ buses, queues }] = (await page.get("/api/resources")).body.systems;
    expect(buses).toEqual([
      {
        name: "shop",
        rules: [
          {
            ...{ name: "paid", enabled: true, pattern: { source: ["shop"] } },
            targets: [{ to: "sqs work", deadLetters: "sqs dead" }],
          },
          expect.objectContaining({ name: "much", enabled: true }),
          expect.objectContaining({ name: "resting", enabled: false }),
        ],
      },
    ]);
    const dead = queues.find(({ name }: { name: string }) => name === "dead");
    expect(dead.failuresOf).toEqual(["rule paid", "rule much", "rule resting"]);
  });

  test("an event that is put shows the rules that it fits, and in what it does not fit the others", async () => {
    const { FailedEntryCount, Entries } = await put(5);
    expect(FailedEntryCount).toBe(0);
    const [event] = await events();
    expect(event).toMatchObject({ id: Entries[0].EventId, bus: "shop", source: "shop", detailType: "OrderPaid" });
    expect(event.rules).toEqual([
      { rule: "paid", targets: [{ to: "sqs work", result: "delivered" }] },
      {
        ...{ rule: "much", targets: [] },
        unmet: 'detail.amount is 5, and [{"numeric":[">",1000]}] is asked for',
      },
      { rule: "resting", unmet: "the rule is disabled", targets: [] },
    ]);
    expect((await page.get("/api/queues")).body.queues).toContainEqual({ name: "work", waiting: 1, inFlight: 0 });
  });

  test("what a target does not take is said to be a dead letter, with the policy that refused it", async () => {
    await put(5000);
    const [{ rules }] = await events();
    const much = rules.find(({ rule }: { rule: string }) => rule === "much");
    expect(much.targets).toEqual([
      { to: "sqs closed", result: "dead letter", error: expect.stringContaining("sqs:SendMessage") },
    ]);
    const { troubles } = (await page.get("/api/overview")).body;
    expect(troubles).toContainEqual(
      expect.objectContaining({
        title: "denied events.amazonaws.com",
        sentence: expect.stringContaining("sqs:SendMessage on sqs closed"),
      }),
    );
  });

  test("an event that fits no rule is a trouble of the overview, one click from the bus, with its reason", async () => {
    await put(5, "elsewhere");
    const { troubles } = (await page.get("/api/overview")).body;
    expect(troubles).toContainEqual(
      expect.objectContaining({
        sentence:
          'No rule of bus shop fits the event OrderPaid of elsewhere; of paid: source is "elsewhere", and ["shop"] is asked for.',
        href: "/data?resource=bus:shop",
      }),
    );
  });

  test("the parts of the system have the bus, and how often it gave something to its targets", async () => {
    const [{ nodes, edges }] = (await page.get("/api/map")).body.maps;
    const from = arnOf("events", "event-bus/shop");
    expect(nodes).toContainEqual({ id: from, kind: "bus", name: "shop", href: "/data?resource=bus:shop" });
    expect(edges).toContainEqual({ from, to: arnOf("sqs", "work"), count: 2, bad: 0 });
    expect(edges).toContainEqual({ from, to: arnOf("sqs", "closed"), count: 1, bad: 1 });
  });

  test("the bus's refusals are the answer of a form, entry by entry", async () => {
    const entry = { EventBusName: "shop", Source: "aws.s3", DetailType: "x", Detail: "{}" };
    const { body } = await page.post("/api/aws/events/PutEvents", {
      Entries: [entry, { ...entry, Source: "shop", Detail: "[" }],
    });
    expect(body.Entries.map(({ ErrorCode }: { ErrorCode: string }) => ErrorCode)).toEqual([
      "NotAuthorizedForSourceException",
      "MalformedDetail",
    ]);
  });
});

describeInBrowser("a bus in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  test.each(["light", "dark"] as const)(
    "an event is put by its form, and shows what fits it: %s",
    async (colorScheme) => {
      const tab = await newPage(browser, { viewport: { width: 1280, height: 720 }, colorScheme });
      const complaints = complaintsOf(tab);
      await tab.goto(`${page.url}/data?resource=bus:shop`);
      await tab.getByRole("button", { name: "Fill in an event that fits" }).nth(1).click();
      expect(JSON.parse(await tab.getByLabel("Detail, in JSON").inputValue())).toEqual({ amount: 1001 });
      const markup = "<img src=x onerror=document.title=1>";
      await tab.getByRole("textbox", { name: "Source" }).fill(markup);
      await tab.getByRole("button", { name: "Put" }).click();
      const event = tab.locator("ul.messages > li", { hasText: `of ${markup}` }).first();
      await event.waitFor();
      expect(await event.locator("li").allTextContents()).toEqual([
        expect.stringMatching(/^paid source is ".*", and \["shop"\] is asked for$/),
        expect.stringMatching(/^much fits\.\s+dead letter sqs closed /),
        "resting the rule is disabled",
      ]);
      expect(await tab.locator("article img").count()).toBe(0);
      expect([complaints, await cutOffIn(tab), await unnamedIn(tab), await faintIn(tab)]).toEqual([[], [], [], []]);
      await tab.close();
    },
  );
});

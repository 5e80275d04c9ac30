import { spawn } from "node:child_process";
import { Recorder } from "../../local/page/recorder";
import { type OpenPage, openPage } from "../local/support/local-page";
import { apiOf, startWritten, stopWrittenStacks } from "../local/support/written-stack";

const document = (Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const trust = document([
  { Effect: "Allow", Principal: { Service: "scheduler.amazonaws.com" }, Action: "sts:AssumeRole" },
]);
const work = "${aws_sqs_queue.work.arn}";
const schedule = (name: string, role: string) => ({
  [name]: {
    ...{ name, schedule_expression: "cron(0 3 * * ? *)", flexible_time_window: { mode: "OFF" } },
    target: { arn: work, role_arn: `\${aws_iam_role.${role}.arn}`, retry_policy: { maximum_retry_attempts: 0 } },
  },
});
const stack = {
  ...apiOf("api"),
  aws_sqs_queue: { work: { name: "work" } },
  aws_iam_role: {
    sender: { name: "sender", assume_role_policy: trust },
    powerless: { name: "powerless", assume_role_policy: trust },
  },
  aws_iam_role_policy: {
    sender: {
      role: "${aws_iam_role.sender.name}",
      policy: document([{ Effect: "Allow", Action: ["sqs:SendMessage"], Resource: [work] }]),
    },
  },
  aws_scheduler_schedule: {
    ...schedule("shop-nightly", "sender"),
    ...schedule("shop-weekly", "powerless"),
    ...schedule("store-weekly", "sender"),
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

/** Output of the command, and how it ended. */
const run = (...args: string[]): Promise<{ code: number | null; printed: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ["run.js", "tools/fire.ts", ...args]);
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        printed += text;
      });
    }
    child.once("close", (code) => resolve({ code, printed }));
  });
const fire = (...args: string[]) => run(...args, "--page", page.url);

test("a schedule is fired by its name, or the end of it, and the target has its event", async () => {
  expect(await fire("nightly")).toEqual({ code: 0, printed: "shop-nightly called sqs work\n" });
  expect(await fire("store-weekly")).toEqual({ code: 0, printed: "store-weekly called sqs work\n" });
  expect((await page.get("/api/queues")).body.queues).toEqual([{ name: "work", waiting: 2, inFlight: 0 }]);
});

test("what its target does not take is said, with the right that its role lacks", async () => {
  const { code, printed } = await fire("shop-weekly");
  expect(code).toBe(1);
  expect(printed).toMatch(/^shop-weekly: sqs work did not take it, which is now lost: .*sqs:SendMessage/);
});

test("without a name all of them are listed, with when each is due", async () => {
  const { code, printed } = await fire();
  expect(code).toBe(0);
  expect(printed.trimEnd().split("\n")).toEqual(
    ["shop-nightly", "shop-weekly", "store-weekly"].map((name) =>
      expect.stringMatching(
        new RegExp(
          `^${name}  cron\\(0 3 \\* \\* \\? \\*\\) UTC, calls sqs work, next \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:00$`,
        ),
      ),
    ),
  );
});

test.each<[string, () => Promise<{ code: number | null; printed: string }>, RegExp]>([
  [
    "a name that is none",
    () => fire("constructor"),
    /^there is no schedule constructor; there is shop-nightly, shop-weekly/,
  ],
  [
    "a name that could be two",
    () => fire("weekly"),
    /^weekly could be shop-weekly or store-weekly; name one of them\n$/,
  ],
  ["an address where nothing is", () => run("--page", "http://localhost:1"), /^--page: nothing answers at .*npm start/],
  ["what is no address", () => run("--page", "localhost"), /^--page: must be an address like .*, got localhost\n$/],
])("%s is refused in words", async (_what, refused, words) => {
  const { code, printed } = await refused();
  expect(code).toBe(1);
  expect(printed).toMatch(words);
});

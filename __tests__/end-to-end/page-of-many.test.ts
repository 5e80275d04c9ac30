import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { BatchWriteItemCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Browser, Page } from "playwright-core";
import { Recorder } from "../../local/page/recorder";
import { complaintsOf, cutOffIn, describeInBrowser, newPage, startBrowser } from "../local/support/browser";
import { type OpenPage, openPage } from "../local/support/local-page";
import { apiOf, startWritten, stopWrittenStacks } from "../local/support/written-stack";

/** With their notes, four pages of all that DynamoDB gives at once, 1 MB. */
const KEYS = 25_000;
const note = "n".repeat(120);
const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
const stack = {
  ...apiOf("api"),
  aws_dynamodb_table: {
    things: { name: "things", hash_key: "id", attribute: [{ name: "id", type: "S" }], billing_mode: "PAY_PER_REQUEST" },
    hostile: {
      name: "hostile",
      hash_key: "id",
      attribute: [{ name: "id", type: "S" }],
      billing_mode: "PAY_PER_REQUEST",
    },
  },
  aws_s3_bucket: { files: { bucket: "files" } },
};

const idOf = (at: number): string => `key-${String(at).padStart(6, "0")}`;

describeInBrowser("large and hostile data in a browser", () => {
  let page: OpenPage;
  let browser: Browser;
  let s3: S3Client;
  beforeAll(async () => {
    const recorder = new Recorder();
    const running = await startWritten(stack, {}, recorder);
    page = await openPage(running, recorder);
    browser = await startBrowser();
    const access = await running.runner.access();
    const credentials = { accessKeyId: access.AWS_ACCESS_KEY_ID, secretAccessKey: access.AWS_SECRET_ACCESS_KEY };
    const settings = { endpoint: access.AWS_ENDPOINT_URL, region: access.AWS_REGION, credentials };
    const dynamodb = new DynamoDBClient(settings);
    s3 = new S3Client({ ...settings, forcePathStyle: true });
    const writers = Array.from({ length: 16 }, async (_, writer) => {
      for (let from = writer * 25; from < KEYS; from += 16 * 25) {
        const things = Array.from({ length: 25 }, (_item, at) => ({
          PutRequest: { Item: { id: { S: idOf(from + at) }, at: { N: String(from + at) }, note: { S: note } } },
        }));
        await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { things } }));
      }
    });
    await Promise.all(writers);
    // As large as DynamoDB takes it.
    const largest = { id: { S: markup }, [markup]: { S: markup }, text: { S: "x".repeat(399_000) } };
    await dynamodb.send(new PutItemCommand({ TableName: "hostile", Item: largest }));
    dynamodb.destroy();
  });
  afterAll(async () => {
    s3?.destroy();
    await browser?.close();
    await page?.stop();
    await stopWrittenStacks();
  });

  /** Opens something of Data, and says what was answered to the page by then. */
  async function open(resource: string) {
    const tab = await newPage(browser, { viewport: { width: 1280, height: 720 } });
    const complaints = complaintsOf(tab);
    const sizes: number[] = [];
    tab.on("response", (response) => {
      if (response.url().includes("/api/aws/"))
        void response.body().then(
          ({ length }) => sizes.push(length),
          () => undefined,
        );
    });
    await tab.goto(`${page.url}/data?resource=${encodeURIComponent(resource)}`);
    await tab.waitForSelector("article");
    return { tab, complaints, sizes };
  }
  const rows = (tab: Page) => tab.getByRole("table", { name: /^(Items|Objects)$/ }).locator("tbody tr");

  test("of 25,000 keys a hundred are read and drawn, and a hundred more when asked", async () => {
    const { tab, complaints, sizes } = await open("table:things");
    await rows(tab).first().waitFor();
    expect(await rows(tab).count()).toBe(100);
    await tab.getByRole("button", { name: "More" }).click();
    await rows(tab).nth(199).waitFor();
    expect(await rows(tab).count()).toBe(200);
    expect(Math.max(...sizes)).toBeLessThan(20_000);
    expect(complaints).toEqual([]);
    await tab.close();
  });

  test("one of them is found by what it contains, however many are looked through", async () => {
    const { tab, complaints } = await open("table:things");
    await tab.getByLabel("Only where").fill("at");
    await tab.getByRole("combobox", { name: /^Type/ }).selectOption("N");
    await tab.getByLabel("Value", { exact: true }).fill("17777");
    await tab.getByRole("button", { name: "Scan" }).click();
    await tab.getByRole("button", { name: idOf(17_777) }).waitFor();
    expect(await rows(tab).count()).toBe(1);

    await tab.getByLabel("Value", { exact: true }).fill("-1");
    await tab.getByRole("button", { name: "Scan" }).click();
    await tab.getByText(`${KEYS} were scanned, and none matches.`).waitFor();
    expect(complaints).toEqual([]);
    await tab.close();
  });

  test("all of them are exported, not those alone that are drawn", async () => {
    const { tab, sizes } = await open("table:things");
    await rows(tab).first().waitFor();
    const [download] = await Promise.all([
      tab.waitForEvent("download"),
      tab.getByRole("button", { name: "Export JSON lines" }).click(),
    ]);
    const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(KEYS);
    expect(sizes.filter((size) => size > 100_000)).toHaveLength(4);
    expect(new Set(lines.map((line) => JSON.parse(line).id.S)).size).toBe(KEYS);
    await tab.close();
  });

  test("an item as large as DynamoDB takes it, whose names and values are markup, is text, and can be opened", async () => {
    const { tab, complaints } = await open("table:hostile");
    await tab.getByRole("button", { name: markup.slice(0, 40) }).click();
    const text = await tab.getByLabel("The item, with DynamoDB's types").inputValue();
    expect(JSON.parse(text)).toMatchObject({ id: { S: markup }, [markup]: { S: markup } });
    expect(await tab.locator("article img, article script").count()).toBe(0);
    expect([await tab.title(), complaints, await cutOffIn(tab)]).toEqual(["Data · Terrace", [], []]);
    await tab.close();
  });

  test("objects of 5 MB are opened, those that are too large are refused in words, and names are text", async () => {
    const put = (Key: string, Body: string | Buffer) => s3.send(new PutObjectCommand({ Bucket: "files", Key, Body }));
    await put(`large ${markup}.txt`, "line\n".repeat(1024 * 1024));
    await put("larger.bin", randomBytes(9 * 1024 * 1024));
    const { tab, complaints } = await open("bucket:files");
    await tab.getByRole("button", { name: /^large / }).click();
    await tab.getByText("5.2 MB").first().waitFor();
    const shown = (await tab.locator("section.editor pre.body").textContent()) ?? "";
    expect([shown.startsWith("line\n"), shown.length]).toEqual([true, 200_000]);
    await tab.getByRole("button", { name: "larger.bin" }).click();
    await tab.getByText("the object has 9437184 bytes; up to 8388608 are shown").waitFor();
    expect(await tab.locator("article img, article script").count()).toBe(0);
    expect([await tab.title(), complaints]).toEqual(["Data · Terrace", []]);
    await tab.close();
  });

  test("of many objects 200 are listed, and 200 more when asked", async () => {
    for (let at = 0; at < 250; at += 1) {
      await s3.send(new PutObjectCommand({ Bucket: "files", Key: `many/${idOf(at)}`, Body: Buffer.from("x") }));
    }
    const { tab } = await open("bucket:files");
    await tab.getByLabel("Keys that begin with").fill("many/");
    await tab.getByRole("button", { name: /^large / }).waitFor({ state: "detached" });
    await tab.getByText("200 objects.").waitFor();
    await tab.getByRole("button", { name: "More" }).click();
    await tab.getByText("250 objects.").waitFor();
    expect(await tab.getByRole("button", { name: "More" }).count()).toBe(0);
    await tab.close();
  });

  test("a list that was asked for earlier and comes later does not take the place of the newer one", async () => {
    const { tab } = await open("bucket:files");
    await rows(tab).first().waitFor();
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await tab.route("**/api/aws/s3/ListObjectsV2", async (route) => {
      if (route.request().postDataJSON().Prefix === "la") await held;
      await route.continue();
    });
    const prefix = tab.getByLabel("Keys that begin with");
    await prefix.fill("la");
    await prefix.fill("larger");
    await tab.getByText("1 object.").waitFor();
    const late = tab.waitForResponse((response) => response.request().postDataJSON()?.Prefix === "la");
    answer();
    await (await late).finished();
    await tab.evaluate("new Promise(requestAnimationFrame)");
    expect(await rows(tab).allTextContents()).toEqual([expect.stringContaining("larger.bin")]);
    await tab.close();
  });

  test("more items are of what was asked for before, whatever has been typed since", async () => {
    const { tab } = await open("table:things");
    await rows(tab).first().waitFor();
    await tab.getByLabel("Only where").fill("nothing");
    await tab.getByRole("button", { name: "More" }).click();
    await rows(tab).nth(199).waitFor();
    await tab.close();
  });
});

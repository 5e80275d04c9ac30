// Stands on: records
import type { Browser, Page } from "playwright-core";
import {
  complaintsOf,
  cutOffIn,
  describeInBrowser,
  faintIn,
  newPage,
  startBrowser,
  unnamedIn,
} from "../local/support/browser";
import { type LocalPage, startPage } from "../local/support/local-page";

const sample = { source: "sensor-1", kind: "temperature", values: [20.5, 21] };

describeInBrowser("the page in a browser", () => {
  let local: LocalPage;
  let browser: Browser;

  beforeAll(async () => {
    [local, browser] = await Promise.all([startPage("records"), startBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await local?.stop();
  });

  async function open(
    path: string,
    colorScheme: "light" | "dark" = "light",
  ): Promise<{ page: Page; complaints: string[] }> {
    const page = await newPage(browser, { viewport: { width: 1280, height: 720 }, colorScheme });
    const complaints = complaintsOf(page);
    await page.goto(`${local.url}${path}`);
    await page.waitForSelector("h1");
    // Until nothing loads any more.
    await page.waitForSelector("text=Loading…", { state: "detached" });
    return { page, complaints };
  }

  async function traffic(): Promise<string> {
    const { ask } = local.system;
    await ask("POST", "/records", { body: sample });
    await ask("POST", "/records", { body: { ...sample, values: ["x"] } });
    await ask("GET", `/records?source=${"long".repeat(60)}`);
    await ask("GET", "/recrds");
    const { body } = await local.get("/api/requests?by=function&limit=1");
    return body.requests[0].id;
  }

  const pages = [
    "/",
    "/requests",
    "/requests/{id}",
    "/routes",
    "/data",
    "/rights",
    "/logs",
    "/alarms",
    "/dashboards",
    "/traces/none",
    "/nowhere",
    "/requests/none",
    "/requests?text=none",
  ];

  test.each([
    ["light", "empty"],
    ["light", "loaded"],
    ["dark", "loaded"],
  ] as const)("every page is whole, named and readable: %s, %s", async (scheme, state) => {
    const id = state === "loaded" ? await traffic() : "none";
    for (const path of pages) {
      const { page, complaints } = await open(path.replace("{id}", id), scheme);
      expect({ path, complaints }).toEqual({ path, complaints: [] });
      expect({ path, cut: await cutOffIn(page) }).toEqual({ path, cut: [] });
      expect({ path, unnamed: await unnamedIn(page) }).toEqual({ path, unnamed: [] });
      expect({ path, faint: await faintIn(page) }).toEqual({ path, faint: [] });
      await page.close();
    }
  });

  test("a request is found, opened and replayed by keyboard, and filters stay in the URL", async () => {
    await traffic();
    const { page } = await open("/requests");
    await page.getByLabel("Text").focus();
    await page.keyboard.type("/records");
    await page.getByLabel("Status").selectOption("2xx");
    await page.waitForURL(/text=%2Frecords&status=2xx/);
    await page.reload();
    await page.waitForSelector("tbody tr");
    expect(await page.getByLabel("Text").inputValue()).toBe("/records");
    await page.locator("tbody a").first().focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("article");
    const before = page.url();
    await page.getByRole("button", { name: "Replay" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.href !== before);
    expect(page.url()).toMatch(/status=2xx/);
    await page.close();
  });

  test("the list is live, waits while it is paused, and says how many came", async () => {
    const { page } = await open("/requests");
    await page.getByRole("button", { name: "Pause" }).click();
    await local.system.ask("GET", "/paused");
    await page.getByText("paused, 1 new").waitFor();
    expect(await page.getByText("/dev/paused").count()).toBe(0);
    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByText("/dev/paused").waitFor();
    await local.system.ask("GET", "/live");
    await page.getByText("/dev/live").waitFor();
    await page.close();
  });

  test("markup in paths, headers, bodies and logs is text", async () => {
    const markup = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    await local.system.ask("GET", `/records?source=${encodeURIComponent(markup)}&${markup.replaceAll(" ", "+")}`);
    await local.system.ask("POST", "/records", { body: { ...sample, source: markup }, headers: { "x-note": markup } });
    const { body } = await local.get("/api/requests?limit=1");
    for (const path of ["/requests", `/requests/${body.requests[0].id}`, "/logs", "/"]) {
      const { page, complaints } = await open(path);
      await page.waitForTimeout(100);
      expect(complaints).toEqual([]);
      expect(await page.title()).toMatch(/Terrace$/);
      expect(await page.locator("#page img:not([src='/icon.svg'])").count()).toBe(0);
      await page.close();
    }
  });

  test("a run that was stopped is said to be", async () => {
    const { page } = await open("/requests");
    await page.route("**/api/**", (route) => route.abort());
    await page.getByLabel("Text").fill("anything");
    await page.getByText("The local run does not answer.").or(page.getByText("not connected")).first().waitFor();
    await page.getByRole("link", { name: "Logs" }).click();
    await page.getByText("The local run does not answer.").waitFor();
    await page.close();
  });
});

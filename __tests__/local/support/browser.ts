import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { cutOff, faint, unnamed } from "./inspections.js";

/** Where systems have a Chromium of their own. */
const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The system's Chromium; undefined when there is none. */
export const chromiumPath = [process.env["CHROMIUM"], ...places].find((path) => path !== undefined && existsSync(path));

/** Describes what a browser does; without a Chromium it is skipped, and says so. */
export function describeInBrowser(name: string, tests: () => void): void {
  const reason = "there is no Chromium here; the variable CHROMIUM may name one";
  if (chromiumPath === undefined) describe.skip(`${name} (${reason})`, tests);
  else describe(name, tests);
}

/** A busy machine may take long over everything; what never comes fails the test all the same. */
const PATIENCE_MS = 240_000;

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath!, args: ["--headless=new", "--no-sandbox"], timeout: PATIENCE_MS });

export async function newPage(browser: Browser, options?: Parameters<Browser["newPage"]>[0]): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

/** Errors in a page, and violations of its content security policy. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    // Answers of 4xx are shown by the page itself.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      complaints.push(message.text());
  });
  return complaints;
}

/** Texts that are cut off: those that want more room than they have and can't be scrolled, or lie beyond the window. */
export const cutOffIn = (page: Page): Promise<string[]> => page.evaluate(cutOff);

/** Elements without a name for a screen reader or a keyboard: fields and buttons, headings. */
export const unnamedIn = (page: Page): Promise<string[]> => page.evaluate(unnamed);

/** Texts with too little contrast to their background (WCAG 2.2, 1.4.3: 4.5 to 1, or 3 where they are large). */
export const faintIn = (page: Page): Promise<string[]> => page.evaluate(faint);

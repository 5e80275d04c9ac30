import { get } from "node:http";
import { load } from "./load";
import { memoryMb, pause, type Runner, startRunner, stop, systemOf } from "./runner";
import { atLeast, atMost, median, type Row } from "./table";

/** How many bytes a browser gets for one path, and what it says. */
function received(url: string): Promise<{ readonly bytes: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    // By Node's own client, which unpacks nothing: what counts is what goes over the wire.
    get(url, { headers: { "accept-encoding": "gzip" } }, (response) => {
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on("end", () => {
        fetch(url)
          .then((answer) => answer.text())
          .then((text) => resolve({ bytes, text }), reject);
      });
    }).on("error", reject);
  });
}

/** All that a browser loads at first: the document, and what it and its scripts name, in KB. */
async function firstLoad(page: string): Promise<number> {
  const paths = new Set(["/", "/page.css", "/icon.svg", "/main.js"]);
  let all = 0;
  for (const path of paths) {
    const { bytes, text } = await received(new URL(path, page).href);
    all += bytes;
    if (path.endsWith(".js")) for (const [, file = ""] of text.matchAll(/from "\.(\/[\w-]+\.js)"/g)) paths.add(file);
  }
  return all / 1024;
}

/** Requests a second at ten connections. */
async function perSecond(runner: Runner): Promise<number> {
  const { perSecond: rate, failed } = await load(`${systemOf(runner, "hello").url}/hello`, 5000, { connections: 10 });
  if (failed > 0) throw new Error(`${failed} answers were no 200`);
  // Until the throttle's bucket is full again.
  await pause(1500);
  return rate;
}

/** Cost of the page for a local run, beside one without it: both run at once, and are asked in turns. */
export async function pageRows(folder: string): Promise<readonly Row[]> {
  const withPage = await startRunner(folder, "hello", "--page-port", "0", "--data", ".local-with-page");
  const without = await startRunner(folder, "hello", "--no-page", "--data", ".local-without-page");
  for (const runner of [withPage, without]) await perSecond(runner);
  const rates = { withPage: [] as number[], without: [] as number[] };
  const more: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    rates.withPage.push(await perSecond(withPage));
    rates.without.push(await perSecond(without));
    more.push(memoryMb(withPage.child) - memoryMb(without.child));
  }
  const size = await firstLoad(systemOf(withPage, "page").url);
  await Promise.all([withPage, without].map(stop));
  return [
    { what: "no page: 10 connections", measured: `${median(rates.without).toFixed(0)} /s` },
    { what: "with the page", measured: `${median(rates.withPage).toFixed(0)} /s` },
    atLeast("with the page, beside none", median(rates.withPage) / median(rates.without), [0.97, "×"]),
    atMost("memory for the page", median(more), [20, "MB"]),
    atMost("the page's first load", size, [60, "KB"]),
  ];
}

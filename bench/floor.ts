import { spawn } from "node:child_process";
import { load } from "./load";
import { pause } from "./runner";
import { atLeast, atMost, median, type Row } from "./table";

/** A bare server that has another thread answer. */
async function startFloor(): Promise<{ readonly url: string; stop(): void }> {
  const child = spawn(process.execPath, ["run.js", "bench/fixtures/floor.ts"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.once("exit", () => child.kill("SIGKILL"));
  const port = await new Promise<string>((resolve) => child.stdout.setEncoding("utf8").once("data", resolve));
  return { url: `http://127.0.0.1:${port.trim()}/hello`, stop: () => void child.kill("SIGKILL") };
}

/** How near a route's answers come to the least that a gateway can do: a bare server, and a bare hop to a thread. */
export async function floorRows(url: string): Promise<readonly Row[]> {
  const floor = await startFloor();
  const rates = { ours: [] as number[], floor: [] as number[] };
  const times = { ours: [] as number[], floor: [] as number[] };
  for (let round = 0; round < 6; round += 1) {
    for (const [name, address] of [["ours", url] as const, ["floor", floor.url] as const]) {
      const one = await load(address, 1000);
      await pause(1500);
      const ten = await load(address, 5000, { connections: 10 });
      await pause(1500);
      if (one.failed + ten.failed > 0) throw new Error(`${address}: ${one.failed + ten.failed} answers were no 200`);
      // The first round is the warm-up.
      if (round === 0) continue;
      times[name].push(one.p50);
      rates[name].push(ten.perSecond);
    }
  }
  floor.stop();
  return [
    { what: "a bare server and a bare hop: 10 connections", measured: `${median(rates.floor).toFixed(0)} /s` },
    { what: "ours", measured: `${median(rates.ours).toFixed(0)} /s` },
    atLeast("ours, beside the bare ones", median(rates.ours) / median(rates.floor), [0.65, "×"]),
    atMost("p50, 1 connection, beside theirs", median(times.ours) / median(times.floor), [1.5, "×"]),
  ];
}

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CountLog } from "../../../local/store/count-log";
import { takeLock } from "../../../local/store/lock";
import { Store } from "../../../local/store/store";
import { temporaryFolder } from "../support/stack-file";

test("a second one is refused as long as the first holds the lock", () => {
  const path = join(temporaryFolder(), "lock");
  const unlock = takeLock(path);
  expect(() => takeLock(path)).toThrow(`another local runner (process ${process.pid}) uses the data here`);
  unlock();
  takeLock(path)();
});

test("a lock whose process was killed is taken over, also when its number was given to another", async () => {
  const path = join(temporaryFolder(), "lock");
  const child = spawn("true");
  await new Promise((resolve) => child.once("exit", resolve));
  for (const left of [`${child.pid} 1`, `${process.pid} 12345`]) {
    writeFileSync(path, left);
    takeLock(path)();
  }
});

test("secrets are made up once, for their owner alone, and are stable across starts", () => {
  const folder = temporaryFolder();
  const first = new Store(folder, { fresh: false });
  const [secret, other] = [first.secrets.of("a", 48), first.secrets.of("b", 48)];
  expect(secret).toMatch(/^[A-Za-z0-9]{48}$/);
  expect(other).not.toBe(secret);
  first.close();
  expect(statSync(join(folder, "secrets.json")).mode & 0o077).toBe(0);
  const second = new Store(folder, { fresh: false });
  expect(second.secrets.of("a", 48)).toBe(secret);
  second.close();
});

test("fresh forgets data, secrets and counts, and a refused start forgets nothing", () => {
  const folder = temporaryFolder();
  const first = new Store(folder, { fresh: false });
  const secret = first.secrets.of("a", 20);
  first.counts.set("plan", 7);
  mkdirSync(first.path("services"));
  writeFileSync(first.path("services", "dynamodb.log"), "x");
  writeFileSync(first.path("events.log"), "x");
  expect(() => new Store(folder, { fresh: true })).toThrow("another local runner");
  expect(readFileSync(first.path("services", "dynamodb.log"), "utf8")).toBe("x");
  first.close();
  const second = new Store(folder, { fresh: true });
  expect(existsSync(second.path("events.log"))).toBe(false);
  expect([existsSync(second.path("services")), second.counts.get("plan")]).toEqual([false, undefined]);
  expect(second.secrets.of("a", 20)).not.toBe(secret);
  second.close();
});

test("counts are written before what counted is answered, each once however often it changes", async () => {
  const path = join(temporaryFolder(), "quotas.log");
  const counts = new CountLog(path);
  for (let count = 1; count <= 3; count += 1) counts.set("plan", count);
  counts.set("other", 1);
  await new Promise(setImmediate);
  const again = new CountLog(path);
  expect([again.get("plan"), again.get("other"), again.get("none")]).toEqual([3, 1, undefined]);
  expect(readFileSync(path, "utf8").trim().split("\n")).toHaveLength(2);
});

test("a log of counts does not grow with the requests that are counted", async () => {
  const path = join(temporaryFolder(), "quotas.log");
  const counts = new CountLog(path);
  for (let count = 1; count <= 10_500; count += 1) {
    counts.set("plan", count);
    await new Promise(setImmediate);
  }
  expect(statSync(path).size).toBeLessThan(50_000);
  expect(new CountLog(path).get("plan")).toBe(10_500);
});

test("counts are there at the next start, and damaged files are one clear line", () => {
  const folder = temporaryFolder();
  const first = new Store(folder, { fresh: false });
  first.counts.set("plan", 7);
  first.close();
  const second = new Store(folder, { fresh: false });
  expect(second.counts.get("plan")).toBe(7);
  second.close();
  const other = temporaryFolder();
  writeFileSync(join(other, "quotas.log"), "nonsense\n");
  expect(() => new Store(other, { fresh: false })).toThrow(
    /quotas\.log: line 1 is damaged; --fresh starts without stored data$/,
  );
  writeFileSync(join(folder, "secrets.json"), "{");
  expect(() => new Store(folder, { fresh: false })).toThrow(
    /secrets\.json is damaged; --fresh starts without stored data$/,
  );
});

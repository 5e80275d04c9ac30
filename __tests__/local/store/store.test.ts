import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { CountLog } from "../../../local/store/count-log";
import { takeLock } from "../../../local/store/lock";
import { Store } from "../../../local/store/store";
import { temporaryFolder } from "../support/stack-file";
import { TestClock } from "../support/test-clock";

const problems: string[] = [];
const problem = (message: string): void => void problems.push(message);
let clock = new TestClock();
beforeEach(() => {
  clock = new TestClock();
});
afterEach(() => {
  expect(problems.splice(0)).toEqual([]);
});

test("a second one is refused as long as the first has the lock", () => {
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
  const first = new Store(folder, { fresh: false, problem });
  const [secret, other] = [first.secrets.of("a", 48), first.secrets.of("b", 48)];
  expect(secret).toMatch(/^[A-Za-z0-9]{48}$/);
  expect(other).not.toBe(secret);
  first.close();
  expect(statSync(join(folder, "secrets.json")).mode & 0o077).toBe(0);
  const second = new Store(folder, { fresh: false, problem });
  expect(second.secrets.of("a", 48)).toBe(secret);
  second.close();
});

test("fresh forgets data, secrets and counts, and a refused start forgets nothing", () => {
  const folder = temporaryFolder();
  const first = new Store(folder, { fresh: false, problem });
  const secret = first.secrets.of("a", 20);
  first.counts.set("plan", 7);
  mkdirSync(first.path("services"));
  writeFileSync(first.path("services", "dynamodb.log"), "x");
  writeFileSync(first.path("events.log"), "x");
  expect(() => new Store(folder, { fresh: true, problem })).toThrow("another local runner");
  expect(readFileSync(first.path("services", "dynamodb.log"), "utf8")).toBe("x");
  first.close();
  const refused = new Store(folder, { fresh: true, problem });
  refused.secrets.of("a", 20);
  refused.counts.set("plan", 1);
  refused.close();
  expect(readFileSync(first.path("services", "dynamodb.log"), "utf8")).toBe("x");
  writeFileSync(first.path("events.log"), "");
  const unchanged = new Store(folder, { fresh: false, problem });
  expect([unchanged.secrets.of("a", 20), unchanged.counts.get("plan")]).toEqual([secret, 7]);
  unchanged.close();
  const second = new Store(folder, { fresh: true, problem });
  second.forget();
  expect(existsSync(second.path("events.log"))).toBe(false);
  expect([existsSync(second.path("services")), second.counts.get("plan")]).toEqual([false, undefined]);
  expect(second.secrets.of("a", 20)).not.toBe(secret);
  second.close();
});

test("counts are written before what counted is answered, each once however often it changes", async () => {
  const path = join(temporaryFolder(), "quotas.log");
  const counts = new CountLog(path, { clock, problem });
  for (let count = 1; count <= 3; count += 1) counts.set("plan", count);
  counts.set("other", 1);
  await new Promise(setImmediate);
  const again = new CountLog(path, { clock, problem });
  expect([again.get("plan"), again.get("other"), again.get("none")]).toEqual([3, 1, undefined]);
  expect(readFileSync(path, "utf8").trim().split("\n")).toHaveLength(2);
});

test("counts are there at the next start", () => {
  const folder = temporaryFolder();
  const first = new Store(folder, { fresh: false, problem });
  first.counts.set("plan", 7);
  first.close();
  const second = new Store(folder, { fresh: false, problem });
  expect(second.counts.get("plan")).toBe(7);
  second.close();
});

test("a fresh start that is killed before it has succeeded forgets nothing, wherever it was", () => {
  const folder = temporaryFolder();
  const first = new Store(folder, { fresh: false, problem });
  const secret = first.secrets.of("a", 20);
  first.counts.set("plan", 7);
  first.close();
  // As one leaves them that had set aside the one, and made the other anew.
  mkdirSync(join(folder, "forgotten"));
  renameSync(join(folder, "secrets.json"), join(folder, "forgotten", "secrets.json"));
  writeFileSync(join(folder, "secrets.json"), "{}");
  const second = new Store(folder, { fresh: false, problem });
  expect([second.secrets.of("a", 20), second.counts.get("plan")]).toEqual([secret, 7]);
  second.close();
  expect(existsSync(join(folder, "forgotten"))).toBe(false);
});

test.each(["services", "functions"])("a folder in which something else lies is left alone: %s and a file", (name) => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, "package.json"), "{}");
  expect(() => new Store(folder, { fresh: true, problem })).toThrow(
    "contains something else; give --data a folder of its own",
  );
  expect(readdirSync(folder).sort()).toEqual([name, "package.json"].sort());
});

const damaged = "or start with --fresh, which forgets all that is stored";

test.each([
  ["quotas.log", "nonsense\n", /quotas\.log: line 1 is damaged \(it is no entry\); delete this line/],
  ["secrets.json", "{", /secrets\.json is damaged \(.*JSON.*\); mend it, or delete it, which makes up new API keys/],
  ["secrets.json", '{"a":5}', /secrets\.json is damaged \(a is no text\); mend it/],
  ["secrets.json", "null", /secrets\.json is damaged \(it is no JSON object\); mend it/],
])("a damaged file says what is wrong, and what is lost by which way out: %s with %j", (name, content, message) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), content);
  const start = () => new Store(folder, { fresh: false, problem });
  expect(start).toThrow(message);
  expect(start).toThrow(damaged);
  new Store(folder, { fresh: true, problem }).close();
});

test("a file that can't be read is named with what helps, and the folder can be used again afterwards", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "secrets.json"));
  expect(() => new Store(folder, { fresh: false, problem })).toThrow(
    /secrets\.json can't be read: EISDIR.*; a folder is in the place of the file; move it away$/,
  );
  rmSync(join(folder, "secrets.json"), { recursive: true });
  new Store(folder, { fresh: false, problem }).close();
});

test("a data folder that is no folder is named with what helps", () => {
  const path = join(temporaryFolder(), "data");
  writeFileSync(path, "");
  expect(() => new Store(join(path, "below"), { fresh: false, problem })).toThrow(
    /data\/below can't be written: ENOTDIR.*; a file is in the place of a folder; move it away$/,
  );
});

test("counts that can't be written are reported once, requests go on, and they are written when they can be", async () => {
  const path = join(temporaryFolder(), "quotas.log");
  symlinkSync(path, path);
  const counts = new CountLog(path, { clock, problem });
  for (const count of [1, 2, 3]) {
    counts.set("plan", count);
    await new Promise(setImmediate);
  }
  expect(problems.splice(0)).toEqual([
    expect.stringMatching(/^quotas begin anew: .*quotas\.log can't be read: ELOOP.*; a link there leads to itself/),
    expect.stringMatching(/^quotas are counted, but not kept: .*quotas\.log can't be written: ELOOP/),
  ]);
  rmSync(path);
  counts.set("plan", 4);
  await new Promise(setImmediate);
  expect(new CountLog(path, { clock, problem }).get("plan")).toBe(4);
});

test("counts that can't be written are tried again without a change, after longer and longer waits, until they are", async () => {
  const path = join(temporaryFolder(), "quotas.log");
  const counts = new CountLog(path, { clock, problem });
  mkdirSync(path);
  counts.set("plan", 7);
  await clock.turnTo(62_000);
  expect(problems.splice(0)).toEqual([expect.stringMatching(/^quotas are counted, but not kept: .*EISDIR/)]);
  rmSync(path, { recursive: true });
  // Tried after 1, 3, 7, 15, 31 and 63 seconds.
  await clock.turnTo(62_999);
  expect([existsSync(path), clock.idle]).toEqual([false, false]);
  await clock.turnTo(63_000);
  expect([new CountLog(path, { clock, problem }).get("plan"), clock.idle]).toEqual([7, true]);
});

test("a store that is closed tries nothing any more", async () => {
  const path = join(temporaryFolder(), "quotas.log");
  const counts = new CountLog(path, { clock, problem });
  mkdirSync(path);
  counts.set("plan", 7);
  counts.close();
  expect([clock.idle, problems.splice(0).length]).toEqual([true, 1]);
});

test("folders and files are for their owner alone", () => {
  const folder = join(temporaryFolder(), "data");
  const store = new Store(folder, { fresh: false, problem });
  store.secrets.of("a", 8);
  store.counts.set("plan", 1);
  store.close();
  const names = ["", "secrets.json", "quotas.log"];
  expect(names.map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o700, 0o600, 0o600]);
});

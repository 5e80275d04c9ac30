import fs from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { descriptorUses, pathUses, withoutPaths } from "../../../local/lambda/environment/files/path-uses";
import { functionOf, parsed, stopFunctions } from "../support/functions";
import { temporaryFolder } from "../support/stack-file";

afterAll(stopFunctions);

const imports = `
  import fs, { existsSync, readFileSync, writeFileSync } from "node:fs";
  import * as promises from "node:fs/promises";
  import { createRequire } from "node:module";
  import net from "node:net";
  import { promisify } from "node:util";
  import v8 from "node:v8";
  const here = import.meta.url;
  const read = (stream) => new Promise((resolve, reject) => {
    let text = ""; stream.on("data", (part) => (text += part)).on("end", () => resolve(text)).on("error", reject);
  });
  const written = (stream) => new Promise((resolve, reject) => stream.end("x").on("close", resolve).on("error", reject));
`;

/** A function that evaluates the expressions it is given, and says what they come to: a value, or an error's words. */
const evaluator = (changes: Parameters<typeof functionOf>[1] = {}) =>
  functionOf(
    `${imports}
    export const handler = async ({ expression }) => {
      try { return (await eval(\`(async () => (\${expression}))()\`)) ?? null; } catch (error) { return error.message; }
    };`,
    { timeoutSeconds: 60, ...changes },
  );

const shared = evaluator();

async function comesTo(expression: string): Promise<unknown> {
  const { fn } = await shared;
  return parsed(await fn.invoke(JSON.stringify({ expression })));
}

test("every operation of node:fs is known here, by what it does with paths", () => {
  const names = [...Object.entries(fs), ...Object.entries(fs.promises)]
    .filter(([, value]) => typeof value === "function")
    .map(([name]) => name.replace(/Sync$/, ""));
  const unknown = names.filter(
    (name) => !Object.hasOwn(pathUses, name) && !descriptorUses.has(name) && !withoutPaths.has(name),
  );
  expect(unknown).toEqual([]);
});

const secret = join(temporaryFolder(), "secret");
fs.writeFileSync(secret, "the laptop's");
const at = (path: string): string => JSON.stringify(path);
const notThere = (operation: string, path: string) => `ENOENT: no such file or directory, ${operation} '${path}'`;

test.each([
  [`readFileSync(${at(secret)}, "utf8")`, "open"],
  [`fs.readFileSync(${at(secret)})`, "open"],
  [`promises.readFile(${at(secret)})`, "open"],
  [`fs.promises.readFile(${at(secret)})`, "open"],
  [`promisify(fs.readFile)(${at(secret)})`, "open"],
  [`promises.open(${at(secret)})`, "open"],
  [`promisify(fs.open)(${at(secret)})`, "open"],
  [`fs.openSync(${at(secret)})`, "open"],
  [`read(fs.createReadStream(${at(secret)}))`, "open"],
  [`read(new fs.ReadStream(${at(secret)}))`, "open"],
  [`fs.statSync(${at(secret)})`, "stat"],
  [`promises.stat(${at(secret)})`, "stat"],
  [`promises.lstat(${at(secret)})`, "lstat"],
  [`promises.access(${at(secret)})`, "access"],
  [`fs.realpathSync.native(${at(secret)})`, "realpath"],
  [`fs.readlinkSync(${at(secret)})`, "readlink"],
  [`promises.truncate(${at(secret)})`, "open"],
  [`promises.rm(${at(secret)})`, "lstat"],
  [`fs.unlinkSync(${at(secret)})`, "unlink"],
  [`fs.watch(${at(secret)})`, "watch"],
  [`(await import("node:fs")).readFileSync(${at(secret)})`, "open"],
  [`createRequire(here)("fs").readFileSync(${at(secret)})`, "open"],
  [`(process.getBuiltinModule ?? createRequire(here))("fs").readFileSync(${at(secret)})`, "open"],
  [`readFileSync(new URL("file://" + ${at(secret)}))`, "open"],
  [`readFileSync(Buffer.from(${at(secret)}))`, "open"],
  [`process.loadEnvFile(${at(secret)})`, "open"],
])("%s finds nothing of the machine's", async (expression, operation) => {
  expect(await comesTo(expression)).toBe(notThere(operation, secret));
  expect(fs.readFileSync(secret, "utf8")).toBe("the laptop's");
});

test.each([
  [`existsSync(${at(secret)})`, false],
  [`promisify(fs.exists)(${at(secret)})`, false],
  [`fs.openAsBlob(${at(secret)}).then((blob) => blob.text())`, "Unable to open file as blob"],
  [`fs.readdirSync("/")`, ["dev", "etc", "home", "opt", "proc", "tmp", "usr", "var"]],
  [`readFileSync("/etc/passwd", "utf8").includes("sbx_user1051")`, true],
  [`existsSync("/proc/self/environ")`, false],
  [`existsSync(process.cwd() + "/package.json")`, false],
  [`fs.globSync ? [...fs.globSync(${at(`${secret}*`)})] : []`, []],
])("%s is %j", async (expression, value) => {
  expect(await comesTo(expression)).toEqual(value);
});

const readOnly = (operation: string, path: string) => `EROFS: read-only file system, ${operation} '${path}'`;

test.each([
  [`writeFileSync("x", "")`, readOnly("open", "x")],
  [`writeFileSync("/var/task/x", "")`, readOnly("open", "/var/task/x")],
  [`promises.writeFile("/x", "")`, readOnly("open", "/x")],
  [`promises.appendFile("/var/task/index.mjs", "")`, readOnly("open", "/var/task/index.mjs")],
  [`promisify(fs.writeFile)("./x", "")`, readOnly("open", "./x")],
  [`written(fs.createWriteStream("/opt/x"))`, readOnly("open", "/opt/x")],
  [`promises.open("/var/task/x", "a+")`, readOnly("open", "/var/task/x")],
  [`fs.openSync("/var/task/index.mjs", fs.constants.O_RDWR)`, readOnly("open", "/var/task/index.mjs")],
  [`fs.mkdirSync("/var/task/x")`, readOnly("mkdir", "/var/task/x")],
  [`fs.mkdirSync("/home/sbx_user1051/.npm", { recursive: true })`, readOnly("mkdir", "/home/sbx_user1051/.npm")],
  [`fs.mkdirSync("/home/sbx_user1051/.npm")`, notThere("mkdir", "/home/sbx_user1051/.npm")],
  [`fs.mkdirSync("/var/task")`, "EEXIST: file already exists, mkdir '/var/task'"],
  [`fs.mkdirSync("/var/task", { recursive: true })`, null],
  [`promises.mkdtemp("/var/task/x-")`, readOnly("mkdtemp", "/var/task/x-")],
  [`promises.unlink("/var/task/index.mjs")`, readOnly("unlink", "/var/task/index.mjs")],
  [`promises.rm("/var/task", { recursive: true })`, readOnly("unlink", "/var/task")],
  [`promises.chmod("/var/task/index.mjs", 0o777)`, readOnly("chmod", "/var/task/index.mjs")],
  [`promises.utimes("/var/task/index.mjs", 1, 1)`, readOnly("utime", "/var/task/index.mjs")],
  [`fs.fchmodSync(fs.openSync("/var/task/index.mjs"), 0o777)`, "EROFS: read-only file system, fchmod"],
  [`(await promises.open("/var/task/index.mjs")).chmod(0o777)`, "EROFS: read-only file system, chmod"],
  [`promises.access("/var/task/index.mjs", fs.constants.W_OK)`, readOnly("access", "/var/task/index.mjs")],
  [`promises.symlink("/tmp", "/var/task/x")`, readOnly("symlink", "/var/task/x")],
  [`promises.copyFile("/var/task/index.mjs", "/var/task/x")`, readOnly("copyfile", "/var/task/x")],
  [`promises.cp("/var/task", "/var/x/y", { recursive: true })`, readOnly("cp", "/var/x/y")],
  [`fs.unlinkSync("/dev/null")`, readOnly("unlink", "/dev/null")],
  [`writeFileSync("/dev/null", "x")`, null],
  [
    `(writeFileSync("/tmp/border", ""), promises.rename("/tmp/border", "/var/task/x"))`,
    "EXDEV: cross-device link not permitted, rename '/tmp/border' -> '/var/task/x'",
  ],
  [
    `fs.renameSync("/var/task/index.mjs", "/tmp/x")`,
    "EXDEV: cross-device link not permitted, rename '/var/task/index.mjs' -> '/tmp/x'",
  ],
  [
    `fs.linkSync("/var/task/index.mjs", "/tmp/x")`,
    "EXDEV: cross-device link not permitted, link '/var/task/index.mjs' -> '/tmp/x'",
  ],
  [`process.chdir("/nope")`, "ENOENT: no such file or directory, chdir '/var/task' -> '/nope'"],
  [`v8.writeHeapSnapshot("/var/task/x")`, readOnly("open", "/var/task/x")],
  [`process.report.writeReport()`, readOnly("open", "report.json")],
])("%s comes to %j", async (expression, words) => {
  expect(await comesTo(expression)).toBe(words);
});

test.each([
  [`(writeFileSync("/tmp/a", "x"), readFileSync("/tmp/a", "utf8"))`, "x"],
  [`(await promises.writeFile("/tmp/b", ["x", "y"]), promises.readFile("/tmp/b", "utf8"))`, "xy"],
  [`(await written(fs.createWriteStream("/tmp/c")), read(fs.createReadStream("/tmp/c")))`, "x"],
  [`fs.mkdtempSync("/tmp/").slice(0, 5)`, "/tmp/"],
  [`(await promises.mkdtemp("/tmp/d-")).slice(0, 7)`, "/tmp/d-"],
  [`fs.mkdirSync("/tmp/e/f", { recursive: true })`, "/tmp/e"],
  [
    `fs.readdirSync("/tmp/e", { withFileTypes: true }).map((entry) => [entry.parentPath, entry.name])`,
    [["/tmp/e", "f"]],
  ],
  [
    `Array.fromAsync ? Array.fromAsync(await promises.opendir("/tmp/e"), (entry) => entry.parentPath) : ["/tmp/e"]`,
    ["/tmp/e"],
  ],
  [`fs.opendirSync("/tmp/e").readSync().parentPath`, "/tmp/e"],
  [`promises.realpath("/tmp/e/../e/f")`, "/tmp/e/f"],
  [
    `(process.chdir("/tmp/e"), [fs.existsSync("f"), process.cwd(), process.chdir("/var/task")])`,
    [true, "/tmp/e", null],
  ],
  [`(await promises.cp("/var/task", "/tmp/g", { recursive: true }), fs.readdirSync("/tmp/g"))`, ["index.mjs"]],
  [
    `new Promise((resolve) => fs.cp("/var/task", "/tmp/h", { recursive: true, filter: (from) => resolve(from) }, () => undefined))`,
    "/var/task",
  ],
  [`readFileSync(new URL(here)).length > 0`, true],
  [`readFileSync("/var/task/index.mjs").length > 0`, true],
  [`readFileSync("index.mjs").length > 0`, true],
  [`(fs.symlinkSync(${at(secret)}, "/tmp/i"), existsSync("/tmp/i"))`, false],
  [`(fs.symlinkSync("../".repeat(20) + ${at(secret.slice(1))}, "/tmp/j"), existsSync("/tmp/j"))`, false],
  [
    `(fs.symlinkSync("a", "/tmp/k"), [readFileSync("/tmp/k", "utf8"), fs.readlinkSync("/tmp/k"), fs.realpathSync("/tmp/k")])`,
    ["x", "a", "/tmp/a"],
  ],
  [
    `(fs.symlinkSync("l", "/tmp/l"), readFileSync("/tmp/l"))`,
    "ELOOP: too many symbolic links encountered, open '/tmp/l'",
  ],
  [`(fs.symlinkSync("/var/task", "/tmp/m"), promises.rm("/tmp/m/index.mjs"))`, readOnly("unlink", "/tmp/m/index.mjs")],
  [`(await promises.rm("/tmp/m"), existsSync("/var/task/index.mjs"))`, true],
  [
    `new Promise((resolve) => { const server = net.createServer().listen("/tmp/s", () => { resolve(existsSync("/tmp/s")); server.close(); }); })`,
    true,
  ],
  [`new Promise((resolve) => net.connect(${at(secret)}).on("error", ({ code }) => resolve(code)))`, "ENOENT"],
])("%s is %j", async (expression, value) => {
  expect(await comesTo(expression)).toEqual(value);
});

test.each([
  [`writeFileSync("/tmp/x", Buffer.alloc(size))`],
  [`promises.writeFile("/tmp/x", Buffer.alloc(size))`],
  [`promises.writeFile("/tmp/x", Array.from({ length: 600 }, () => Buffer.alloc(1024 * 1024)))`],
  [`promises.open("/tmp/x", "w").then((file) => file.write(Buffer.alloc(size)))`],
  [`promises.open("/tmp/x", "w").then((file) => file.truncate(size))`],
  [`promises.truncate("/tmp/y", size)`],
  [`fs.writeSync(fs.openSync("/tmp/x", "w"), Buffer.alloc(size))`],
  [`fs.writevSync(fs.openSync("/tmp/x", "w"), [Buffer.alloc(size)])`],
  [
    `new Promise((resolve, reject) => fs.createWriteStream("/tmp/x").on("error", reject).on("close", resolve).end(Buffer.alloc(size)))`,
  ],
  [`(fs.truncateSync("/tmp/y", 400 * 1024 * 1024), fs.copyFileSync("/tmp/y", "/tmp/x"))`],
])("%s is refused, as the disk is full", async (expression) => {
  const { fn } = await evaluator({ memoryMb: 2048 });
  const size = 600 * 1024 * 1024;
  const invoke = async (text: string) =>
    parsed(await fn.invoke(JSON.stringify({ expression: text.replaceAll("size", String(size)) })));
  await invoke(`writeFileSync("/tmp/y", "")`);
  expect(await invoke(expression)).toBe("ENOSPC: no space left on device, write");
});

test("/tmp has the size that the function says, and what is deleted makes room", async () => {
  const { fn } = await evaluator({ ephemeralStorageMb: 1024 });
  const invoke = async (expression: string) => parsed(await fn.invoke(JSON.stringify({ expression })));
  const large = "700 * 1024 * 1024";
  expect(await invoke(`fs.statfsSync("/tmp").blocks * fs.statfsSync("/tmp").bsize`)).toBe(1024 * 1024 * 1024);
  expect(await invoke(`(writeFileSync("/tmp/x", ""), fs.truncateSync("/tmp/x", ${large}))`)).toBe(null);
  expect(await invoke(`(writeFileSync("/tmp/y", ""), fs.truncateSync("/tmp/y", ${large}))`)).toMatch("ENOSPC");
  expect(await invoke(`(fs.rmSync("/tmp/x"), fs.truncateSync("/tmp/y", ${large}))`)).toBe(null);
});

/** Answers so many requests when all of them are there. */
async function meetingOf(count: number): Promise<{ readonly url: string; readonly stop: () => void }> {
  const waiting: ServerResponse[] = [];
  const server = createServer((_, response) => {
    waiting.push(response);
    if (waiting.length === count) for (const one of waiting) one.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => server.close().closeAllConnections() };
}

test("/tmp stays from one event to the next, is each environment's own, and empty in a new one", async () => {
  const { url, stop } = await meetingOf(2);
  const { fn } = await functionOf(`import fs from "node:fs"; export const handler = async ({ name, meet, exit }) => {
    if (exit) process.exit();
    if (meet) await fetch(meet);
    const before = fs.readdirSync("/tmp");
    fs.writeFileSync("/tmp/" + name, "");
    return before;
  };`);
  expect(parsed(await fn.invoke('{"name":"a"}'))).toEqual([]);
  expect(parsed(await fn.invoke('{"name":"b"}'))).toEqual(["a"]);
  const two = await Promise.all(["c", "d"].map((name) => fn.invoke(JSON.stringify({ name, meet: url }))));
  stop();
  expect(two.map(parsed).sort()).toEqual([[], ["a", "b"]]);
  expect(fn.size).toBe(2);
  await Promise.all([fn.invoke('{"exit":true}'), fn.invoke('{"exit":true}')]);
  expect(parsed(await fn.invoke('{"name":"e"}'))).toEqual([]);
});

test("what is written to the standard streams by their numbers is in the log", async () => {
  const { fn, output } = await functionOf(`import fs from "node:fs"; export const handler = async () => {
    fs.writeSync(1, "one\\n");
    await new Promise((resolve) => fs.write(2, Buffer.from("-two\\n-"), 1, 4, resolve));
    fs.writevSync(1, [Buffer.from("three"), Buffer.from("\\n")]);
    fs.writeFileSync(1, "four\\n");
    return [fs.readFileSync(0, "utf8"), fs.readSync(0, Buffer.alloc(1))];
  };`);
  expect(parsed(await fn.invoke("{}"))).toEqual(["", 0]);
  expect(output.join("")).toBe("one\ntwo\nthree\nfour\n");
});

test("the numbers of files that others have opened are none of a function's", async () => {
  const fd = fs.openSync(secret, "r+");
  for (const expression of [`fs.closeSync(${fd})`, `fs.writeSync(${fd}, "x")`, `promisify(fs.fstat)(${fd})`]) {
    expect(await comesTo(expression)).toMatch(/^EBADF: bad file descriptor, (close|write|fstat)$/);
  }
  expect(fs.fstatSync(fd).size).toBe("the laptop's".length);
  fs.closeSync(fd);
  expect(
    await comesTo(`(() => { const own = fs.openSync("/tmp/own", "w"); fs.closeSync(own); fs.closeSync(own); })()`),
  ).toBe("EBADF: bad file descriptor, close");
  expect(
    await comesTo(
      `(async () => { const file = await promises.open("/tmp/own"); const { fd } = file; const { size } = fs.fstatSync(fd); await file.close(); return size; })()`,
    ),
  ).toBe(0);
});

// Stands on: records, items
import { type RunnerProcess, startRunner, stopRunners } from "../local/support/runner";
import { inOrder, message, promised, Tutorial } from "../support/pages/tutorial";

const tutorial = new Tutorial("docs/your-own-backend.md");
const { project, files } = tutorial;

beforeAll(() => tutorial.follow());
afterAll(stopRunners);

it("takes at most eighty lines", () => {
  expect(files.map(({ path }) => path)).toEqual([
    "contracts/notes.ts",
    "handlers/notes/create-note.ts",
    "handlers/notes/get-note.ts",
    "stacks/notes-stack.ts",
  ]);
  expect(tutorial.lines).toBeLessThanOrEqual(80);
});

it("has the types right", () => {
  expect(tutorial.checkTypes()).toEqual({ status: 0, stdout: "" });
});

it.each(files)("writes $path as the formatter does", (file) => {
  expect(inOrder(file)).toBe(file.text);
});

it.each(["dev", "prod"])("synthesizes for %s", (environment) => {
  const { aws_lambda_function: functions = {} } = tutorial.synthesized("notes", environment);

  expect(Object.keys(functions)).toEqual(["create-note", "get-note"]);
});

describe("the running system", () => {
  let runner: RunnerProcess;
  let url = "";
  let apiKey = "";
  let made = "";
  beforeAll(async () => {
    runner = startRunner(project.folder, "notes", "--json", "--port", "0");
    const [system] = (await runner.next("ready")).systems;
    url = system!.url;
    apiKey = system!.apiKey!;
  });

  async function ask(request: string) {
    const { first, headers, body } = message(request);
    const [method = "", path = ""] = first.split(" ");
    const response = await fetch(url + path.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, () => made), {
      method,
      headers: headers.map(([name, value]) => [name, name === "X-Api-Key" ? apiKey : value]),
      ...(body ? { body } : {}),
    });
    return { status: response.status, body: await response.json() };
  }

  it("answers as it is written", async () => {
    const exchanges = tutorial.of("http").map(({ text }) => text);
    expect(exchanges).toHaveLength(8);
    for (let index = 0; index < exchanges.length; index += 2) {
      const { status, body } = await ask(exchanges[index]!);
      const wanted = message(exchanges[index + 1]!);
      expect(wanted.first).toMatch(`HTTP/1.1 ${status} `);
      if (wanted.body) expect(body).toEqual(promised(wanted.body));
      if (status === 201) made = (body as { id: string }).id;
    }
  });

  it("misses a right that is taken away, says which, and has it back", async () => {
    const get = () => ask(tutorial.of("http")[2]!.text);
    const undo = tutorial.takeAway();
    await runner.next("reloaded");

    expect((await get()).status).toBe(500);
    expect((await runner.next("denial")).grant).toBe(tutorial.of("text")[0]!.text.trim());
    undo();
    await runner.next("reloaded");
    expect((await get()).status).toBe(200);
  });
});

import type { RunnerProcess } from "../local/support/runner";
import { eventually } from "../support/eventually";
import { testExamples } from "../support/pages/examples";

const page = testExamples("docs/streams.md");

describe("the running stack", () => {
  let runner: RunnerProcess;
  let url = "";
  beforeAll(async () => {
    runner = page.start();
    const { systems } = (await runner.next("ready")) as unknown as { systems: { url: string }[] };
    url = systems[0]?.url ?? "";
  });

  const ask = (lines: number | string) => fetch(`${url}/report?lines=${lines}`);

  it("sends the first line while the function works on the others, and then all of them", async () => {
    const { status, headers, body } = await ask(3);
    expect([status, headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    const reader = body!.getReader();
    const ended = () => runner.events.filter(({ event }) => event === "invocation").length;
    const first = Buffer.from((await reader.read()).value!).toString();
    expect([first, ended()]).toEqual(["1,1\n", 0]);
    let rest = "";
    for (let next = await reader.read(); !next.done; next = await reader.read()) rest += Buffer.from(next.value);
    expect(rest).toBe("2,4\n3,9\n");
    await eventually(() => (ended() === 1 ? true : undefined));
  });

  it("refuses as any route does, as long as nothing is sent", async () => {
    const missing = await ask(0);
    expect([missing.status, await missing.json()]).toEqual([
      404,
      { error: expect.objectContaining({ code: "NOT_FOUND", message: "There is no report without lines." }) },
    ]);
    const malformed = await ask("many");
    expect([malformed.status, await malformed.json()]).toEqual([
      400,
      { error: expect.objectContaining({ details: [expect.objectContaining({ path: "query.lines" })] }) },
    ]);
  });

  it("reports each invocation, with its request's line in the log", async () => {
    const lines = await eventually(() => {
      const found = runner.events.flatMap((event) =>
        event.event === "log" && event.line.includes('"message":"request"') ? [JSON.parse(event.line)] : [],
      );
      return found.length >= 3 ? found : undefined;
    });
    expect(lines.map(({ status, route }) => [status, route])).toEqual(
      [200, 404, 400].map((status) => [status, "GET /report"]),
    );
  });
});

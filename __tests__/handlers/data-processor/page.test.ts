import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DataProcessor, startDataProcessor } from "../../support/data-processor";

const page = readFileSync(join(__dirname, "../../../docs/systems/data-processor.md"), "utf8");

let processor: DataProcessor;
beforeAll(async () => {
  processor = await startDataProcessor();
});
afterAll(() => processor.stop());

it("answers the page's request as the page says, but for the id, whose key nobody knows", async () => {
  const [, asked = ""] = /-d '([^']+)'/.exec(page) ?? [];
  const [, shown = ""] = /```json\n([^`]+)```/.exec(page) ?? [];
  const { body } = await processor.processData.ask({ rawBody: asked });
  const [{ id }] = body.processed;
  const expected = JSON.parse(shown);

  // Where it runs, and how much of its time is left, is another matter here.
  const { functionInfo, environment } = body;
  expect(Object.keys(functionInfo)).toEqual(Object.keys(expected.functionInfo));
  expect(body).toEqual({ ...expected, environment, functionInfo, processed: [{ ...expected.processed[0], id }] });
});

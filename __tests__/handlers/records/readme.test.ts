import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type RecordsSystem, startRecords } from "../../support/records";

const readme = readFileSync(join(__dirname, "../../../README.md"), "utf8");

/** The JSON in the README that begins like this, to the end of its block. */
function jsonFrom(beginning: string): Record<string, unknown> {
  const text = readme.slice(readme.indexOf(beginning));
  return JSON.parse(text.slice(0, text.search(/`/)));
}

let records: RecordsSystem;
beforeAll(async () => {
  records = await startRecords();
});
afterAll(() => records.stop());

it("answers the README's request as the README says", async () => {
  const { body, headers } = await records.createRecord.ask({
    body: jsonFrom('{"source": "sensor-1", "kind": "temperature", "values": [20.5, 21, 21.5]'),
  });
  const { recordId, createdAt, updatedAt, ...rest } = jsonFrom('{"recordId"');

  expect(body).toEqual({
    ...rest,
    recordId: expect.any(String),
    createdAt: expect.any(String),
    updatedAt: body.createdAt,
  });
  expect(headers["ETag"]).toBe('"1"');
});

it("refuses the README's wrong request as the README says", async () => {
  const { status, body } = await records.createRecord.ask({
    body: jsonFrom('{"source": "sensor-1", "kind": "temperature", "values": []'),
  });
  const shown = jsonFrom('{"error"') as { error: { requestId: string } };

  expect(status).toBe(400);
  expect({ error: { ...body.error, requestId: "…" } }).toEqual({ error: { ...shown.error, requestId: "…" } });
});

import { createSocket } from "node:dgram";
import { type Segment, segmentsIn, startTraceDaemon } from "../../../local/lambda/trace-daemon";

const header = '{"format": "json", "version": 1}';
const segment = { trace_id: "1-5759e988-bd862e3fe1be46a994272793", id: "53995c3f42cd8ad8", name: "x" };

it.each([
  ["one document", `${header}\n${JSON.stringify(segment)}`, [segment]],
  ["two, a line each", `${header}\n${JSON.stringify(segment)}\n${JSON.stringify(segment)}`, [segment, segment]],
  ["no header", JSON.stringify(segment), []],
  ["another version", `{"format":"json","version":2}\n${JSON.stringify(segment)}`, []],
  ["what is no JSON", `${header}\n{"trace_id`, []],
  ["a list", `${header}\n[1]`, []],
  ["a document of no trace", `${header}\n{"name":"x"}`, []],
  ["nothing", "", []],
])("reads of a datagram with %s what X-Ray would take", (_, datagram, segments) => {
  expect(segmentsIn(datagram)).toEqual(segments);
});

it("goes on after datagrams that it can't read", async () => {
  const seen: Segment[] = [];
  let arrived = (): void => undefined;
  const first = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const daemon = await startTraceDaemon((each) => {
    seen.push(each);
    arrived();
  });
  const client = createSocket("udp4");
  const [host, port] = daemon.address.split(":");
  for (const text of ["nonsense", "", `${header}\n\u0000`, `${header}\n${JSON.stringify(segment)}`]) {
    await new Promise((resolve) => client.send(text, Number(port), host, resolve));
  }
  await first;
  client.close();
  daemon.stop();

  expect(seen).toEqual([segment]);
});

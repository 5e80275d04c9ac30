import { request } from "node:http";
import { connect } from "node:net";
import { httpServer } from "../../../local/lib/http-server";
import { type LocalSystem, startLocally } from "../support/local-system";

const domains = [{ domain_name: "api.example.com" }, { domain_name: "Other.example.com" }];

let system: LocalSystem;
beforeAll(async () => {
  system = await startLocally("things", ({ resource }) => {
    Object.assign(resource, {
      aws_api_gateway_domain_name: Object.fromEntries(domains.map((domain, n) => [`domain_${n}`, domain])),
    });
  });
});
afterAll(() => system.stop());

/** By Node's plain client, which sends the given host. */
const ask = (host: string) =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = { host, "x-api-key": system.apiKey };
    const sent = request(`${system.url}/none`, { headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on("error", reject).end();
  });

test.each(["localhost", "127.0.0.1:80", "[::1]", "API.example.com", "other.example.com:443"])(
  "a system answers to this machine's names and to its own: %s",
  async (host) => {
    expect((await ask(host)).text).toContain("Missing Authentication Token");
  },
);

test.each([
  "rebound.example",
  "localhost.rebound.example",
  "api.example.com.rebound.example",
  "127.0.0.1.rebound.example",
])("a name that leads here by another's will gets nothing: %s", async (host) => {
  expect(await ask(host)).toEqual({ status: 403, text: '{"message":"Forbidden"}' });
  expect(system.events).toContainEqual({
    event: "problem",
    message: `a request for the host "${host}" was refused; --allow-host ${host} lets such in`,
  });
});

/** Sends bytes to a server of any kind that is patient for a moment, and waits until it ends the connection. */
async function bytes(text: string): Promise<string> {
  const server = httpServer((received, response) => received.resume().on("end", () => response.end("whole")), {
    headersMs: 100,
    requestMs: 200,
    checkMs: 20,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const got = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let read = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      read += chunk;
    });
    socket.on("error", reject).on("close", () => resolve(read));
  });
  await new Promise((resolve) => server.close(resolve));
  return got;
}

test.each([
  ["its first line", "GET / HT"],
  ["its headers", "GET / HTTP/1.1\r\nHost: h\r\nX-A"],
  ["its body", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc"],
  ["a chunk", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"],
])("a request that stops in %s is ended after a time limit", async (_, text) => {
  expect(await bytes(text)).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n/);
});

test("two hosts are one too many, whatever they are", async () => {
  for (const other of ["h", "other"]) {
    expect(await bytes(`GET / HTTP/1.1\r\nHost: h\r\nhost: ${other}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 Bad Request/);
  }
});

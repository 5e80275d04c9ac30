import { Agent, request } from "node:http";
import { connect } from "node:net";
import { createGateway } from "../../../local/apigateway/gateway";
import { httpServer } from "../../../local/lib/http-server";
import { eventually } from "../../support/eventually";
import { type ApiSetup, definitionOf } from "./support/api";
import { exchangeBytes } from "./support/client";
import { idle } from "./support/dependencies";
import { closeAll, hanging, returning, type Served, serve } from "./support/serve";

afterEach(closeAll);

const api: ApiSetup = { stage: "dev", routes: { "ANY /{proxy+}": {} } };

async function stillServes(served: Served): Promise<void> {
  served.behave(returning({ statusCode: 200, body: "alive" }));
  expect((await served.ask({ path: "/alive" })).body).toBe("alive");
}

describe("the gateway goes on serving after", () => {
  it.each([
    ["bytes that are no HTTP", "\u0000\u0001 nonsense\r\n\r\n"],
    ["a request without a host", "GET /dev/x HTTP/1.1\r\n\r\n"],
    ["two different lengths", "POST /dev/x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"],
    [
      "a length and chunks at once",
      "POST /dev/x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
    ["a chunk whose size is no number", "POST /dev/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ["a flood of headers", `GET /dev/x HTTP/1.1\r\nHost: h\r\n${"X-A: b\r\n".repeat(20_000)}\r\n`],
    ["a tunnel", "CONNECT example.org:443 HTTP/1.1\r\nHost: h\r\n\r\n"],
    ["an upgrade", "GET /dev/x HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"],
  ])("%s", async (_title, bytes) => {
    const served = await serve(api);
    // Some of them leave the connection open.
    await exchangeBytes(served.port, bytes, (received) => received !== "");
    await stillServes(served);
  });

  it("a client that leaves in the middle of its body", async () => {
    const served = await serve(api);
    const socket = connect(served.port, "127.0.0.1");
    socket.write("POST /dev/x HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nx", () => socket.resetAndDestroy());
    await new Promise((resolve) => socket.on("close", resolve));
    await stillServes(served);
    expect(served.events).toHaveLength(1);
  });

  it("a client that leaves before the answer", async () => {
    const served = await serve(api, hanging);
    const socket = connect(served.port, "127.0.0.1");
    socket.write("GET /dev/x HTTP/1.1\r\nHost: h\r\n\r\n");
    while (served.events.length === 0) await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    await stillServes(served);
  });

  it.each([
    [
      "throws at once",
      () => {
        throw new Error("at once");
      },
    ],
    ["fails later", () => Promise.reject("later")],
    ["returns what is no result", async () => undefined as never],
  ])("an invocation that %s", async (_title, invoke) => {
    const gateway = createGateway(definitionOf(api), { ...idle, invoke });
    const server = httpServer(gateway.handle).listen(0);
    const { port } = server.address() as { port: number };
    for (let time = 0; time < 2; time++) expect((await fetch(`http://localhost:${port}/dev/x`)).status).toBe(500);
    server.closeAllConnections();
    server.close();
  });

  it("an observer that throws", async () => {
    const onRequest = () => {
      throw new Error("observer");
    };
    const dependencies = { ...idle, invoke: async () => ({ payload: "{}" }), onRequest };
    const server = httpServer(createGateway(definitionOf(api), dependencies).handle).listen(0);
    const { port } = server.address() as { port: number };
    for (const path of ["/dev/x", "/none"])
      expect((await fetch(`http://localhost:${port}${path}`)).status).toBeLessThan(500);
    server.closeAllConnections();
    server.close();
  });
});

describe("a connection", () => {
  it("is used again, after refusals too", async () => {
    const served = await serve(api, returning({}));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    for (const path of ["/dev/x", "/none", "/dev"]) {
      await new Promise<void>((resolve) => {
        request({ port: served.port, path, agent }, (response) => {
          ports.add(response.socket.localPort);
          response.resume().on("end", resolve);
        }).end();
      });
    }
    agent.destroy();
    expect(ports.size).toBe(1);
  });

  it("answers requests in the order they came, whichever is done first", async () => {
    const served: Served = await serve(api, async ({ path }) => {
      if (path === "/slow") await eventually(() => served.events.length === 3 || undefined);
      return { payload: JSON.stringify({ body: path }) };
    });
    const one = (path: string, more = "") => `GET /dev${path} HTTP/1.1\r\nHost: h\r\n${more}\r\n`;
    const got = await exchangeBytes(served.port, one("/slow") + one("/fast") + one("/last", "Connection: close\r\n"));
    expect(got.match(/\/(slow|fast|last)/g)).toEqual(["/slow", "/fast", "/last"]);
  });

  it("may name the whole URL, as clients of proxies do", async () => {
    const served = await serve(api);
    await exchangeBytes(served.port, "GET http://h/dev/x?a=1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    expect(served.events[0]).toMatchObject({ path: "/x", queryStringParameters: { a: "1" } });
  });
});

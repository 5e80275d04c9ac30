import { connect } from "node:net";
import type { ApiSetup } from "./support/api";
import { exchangeBytes } from "./support/client";
import { closeAll, hanging, returning, serve } from "./support/serve";

afterEach(closeAll);

const api: ApiSetup = { stage: "dev", routes: { "ANY /{proxy+}": {} } };
const mebibyte = 1024 * 1024;
const tooLarge = "HTTP content length exceeded 10485760 bytes.";

describe("a request's size", () => {
  it("may be what a function takes, 6 MB with all members beside the body", async () => {
    const served = await serve(api, returning({}));
    const got = await served.ask({ method: "POST", path: "/x", body: "x".repeat(6 * mebibyte - 4096) });
    expect(got.status).toBe(200);
    expect(served.events[0].body).toHaveLength(6 * mebibyte - 4096);
  });

  it("may not be more than a function takes", async () => {
    const served = await serve(api);
    const got = await served.ask({ method: "POST", path: "/x", body: "x".repeat(6 * mebibyte) });
    expect([got.status, got.body]).toEqual([413, '{"message":"Request Too Long"}']);
    expect(got.headers["x-amzn-errortype"]).toBe("BadRequestException");
    expect(served.events).toEqual([]);
  });

  it("may not be more than the function's service takes, whatever it counts", async () => {
    const served = await serve(api, () => ({ payload: "", tooLarge: true }));
    expect((await served.ask({ path: "/x" })).status).toBe(413);
  });

  it("counts bytes, not characters", async () => {
    const served = await serve(api);
    const got = await served.ask({ method: "POST", path: "/x", body: "é".repeat(3 * mebibyte) });
    expect(got.status).toBe(413);
  });

  it("over 10 MB is refused by its announcement, and the connection lives on", async () => {
    const served = await serve(api);
    const head = `POST /dev/x HTTP/1.1\r\nHost: h\r\nContent-Length: ${10 * mebibyte + 1}\r\n\r\n`;
    const got = await exchangeBytes(served.port, head, (received) => received.includes(tooLarge));
    expect(got).toMatch(/^HTTP\/1\.1 413 /);
    expect(got).toContain(tooLarge);
    const whole = await served.ask({ method: "POST", path: "/x", body: Buffer.alloc(10 * mebibyte + 1) });
    expect([whole.status, whole.body]).toEqual([413, tooLarge]);
  });

  it("over 10 MB is refused as soon as that much has come in pieces", async () => {
    const served = await serve(api);
    const headers = { "Transfer-Encoding": "chunked" };
    const got = await served.ask({ method: "POST", path: "/x", headers, body: Buffer.alloc(10 * mebibyte + 1) });
    expect([got.status, got.body]).toEqual([413, tooLarge]);
    expect(served.log[0]?.refusal?.type).toBe("REQUEST_TOO_LARGE");
    expect(served.events).toEqual([]);
  });

  it("without end is cut off", async () => {
    const served = await serve(api);
    const closed = new Promise((resolve) => {
      const piece = Buffer.alloc(mebibyte);
      const chunk = Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n")]);
      const socket = connect(served.port, "127.0.0.1");
      const pump = () => socket.writable && socket.write(chunk, pump);
      socket.write("POST /dev/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", pump);
      socket
        .on("data", () => undefined)
        .on("error", () => undefined)
        .on("close", resolve);
    });
    await closed;
    expect((await served.ask({ path: "/x" })).status).toBe(200);
  });

  it.each([
    ["headers of 10,240 bytes are taken", 10_240, 200],
    ["headers of more are refused", 10_241, 431],
  ])("%s", async (_title, size, status) => {
    const served = await serve(api, returning({}));
    const head = (value: string) => `GET /dev/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nX-Large: ${value}\r\n\r\n`;
    const got = await exchangeBytes(served.port, head("x".repeat(size - "hclose".length)));
    expect(got).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it("a URL of more than 10,240 characters is refused", async () => {
    const served = await serve(api, returning({}));
    const path = `/${"x".repeat(10_235)}`;
    expect((await served.ask({ path })).status).toBe(200);
    expect((await served.ask({ path, query: "xx" })).status).toBe(414);
  });
});

describe("a function's answer", () => {
  it("of 6 MB is sent", async () => {
    const body = "x".repeat(6 * mebibyte - 1000);
    const served = await serve(api, returning({ statusCode: 200, body }));
    expect((await served.ask({ path: "/x" })).bytes).toHaveLength(body.length);
  });

  it("that is too large is an error of the function", async () => {
    const payload = '{"errorType":"Function.ResponseSizeTooLarge"}';
    const served = await serve(api, () => ({ payload, functionError: "Unhandled" }));
    expect((await served.ask({ path: "/x" })).status).toBe(502);
  });

  it("that comes after the timeout is not sent, and its signal is aborted", async () => {
    let late: ((value: { payload: string }) => void) | undefined;
    let aborted = false;
    const timed = { ...api, routes: { "GET /x": { integration: { timeoutInMillis: 50 } } } };
    const served = await serve(timed, (_event, signal) => {
      signal.addEventListener("abort", () => {
        aborted = true;
      });
      return new Promise((resolve) => {
        late = resolve;
      });
    });
    expect((await served.ask({ path: "/x" })).status).toBe(504);
    late?.({ payload: '{"statusCode":200}' });
    await new Promise((resolve) => setImmediate(resolve));
    expect([aborted, served.log.length]).toEqual([true, 1]);
  });

  it("is not waited for once the gateway is closed", async () => {
    let aborted = false;
    const served = await serve(api, (event, signal) => {
      signal.addEventListener("abort", () => {
        aborted = true;
      });
      return hanging(event, signal, () => undefined);
    });
    const asked = served.ask({ path: "/x" }).catch(() => "cut off");
    while (served.events.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await served.close();
    expect([await asked, aborted]).toEqual(["cut off", true]);
  });
});

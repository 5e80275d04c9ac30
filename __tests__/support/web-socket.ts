import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Socket } from "node:net";

/** The bytes of a text as one frame of a client's (RFC 6455, 5.2). */
function frame(text: string): Buffer {
  const payload = Buffer.from(text);
  const long = payload.length > 65_535;
  const head = Buffer.alloc(payload.length < 126 ? 2 : long ? 10 : 4);
  head[0] = 0x81;
  head[1] = 0x80 | (payload.length < 126 ? payload.length : long ? 127 : 126);
  if (long) head.writeBigUInt64BE(BigInt(payload.length), 2);
  else if (payload.length > 125) head.writeUInt16BE(payload.length, 2);
  const mask = randomBytes(4);
  return Buffer.concat([head, mask, payload.map((byte, at) => byte ^ mask[at % 4]!)]);
}

/** Where the payload of the first frame is; undefined while it is not there. */
function frameIn(bytes: Buffer): { from: number; to: number; last: boolean } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes[1]! & 0x7f;
  const from = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < from) return undefined;
  const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return bytes.length < from + length ? undefined : { from, to: from + length, last: (bytes[0]! & 0x80) !== 0 };
}

/** A connection that carries texts both ways. */
export interface TextSocket {
  send(text: string): void;
  close(): void;
}

/** Opens one, as a debugger does. @param onText is given each text that comes */
export async function openTextSocket(url: string, onText: (text: string) => void): Promise<TextSocket> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const headers = {
      ...{ Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" },
      "Sec-WebSocket-Key": randomBytes(16).toString("base64"),
    };
    request(url.replace("ws:", "http:"), { headers })
      .once("upgrade", (_response, connection: Socket) => resolve(connection))
      .once("error", reject)
      .end();
  });
  let bytes = Buffer.alloc(0);
  let parts: Buffer[] = [];
  socket.on("data", (more: Buffer) => {
    bytes = Buffer.concat([bytes, more]);
    for (let found = frameIn(bytes); found; found = frameIn(bytes)) {
      parts.push(bytes.subarray(found.from, found.to));
      bytes = bytes.subarray(found.to);
      if (!found.last) continue;
      const text = Buffer.concat(parts).toString("utf8");
      parts = [];
      onText(text);
    }
  });
  return { send: (text) => void socket.write(frame(text)), close: () => socket.destroy() };
}

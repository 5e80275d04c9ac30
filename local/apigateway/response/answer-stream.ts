import type { ServerResponse } from "node:http";

/** Of a streamed body so much is kept for those who watch. */
const KEPT_BYTES = 100_000;

interface Piece {
  readonly bytes: Uint8Array;
  readonly taken: () => void;
}

/** The body of an answer that is sent while it is made. */
export class AnswerStream {
  /** Set once it has ended: why it was cut off, if it was. */
  private ending: { readonly failure: string | undefined } | undefined;
  private readonly waiting: Piece[] = [];
  private wake = (): void => undefined;
  private isAbandoned = false;

  /** Takes a piece of it. @returns when it is on its way, or will never be */
  async push(bytes: Uint8Array): Promise<void> {
    if (this.isAbandoned) return;
    await new Promise<void>((taken) => {
      this.waiting.push({ bytes, taken });
      this.wake();
    });
  }

  /** Keeps nothing of it: there is nobody to whom it is sent. */
  abandon(): void {
    this.isAbandoned = true;
    for (const { taken } of this.waiting.splice(0)) taken();
  }

  /** @param failure - why it ends before its end */
  end(failure?: string): void {
    this.ending ??= { failure };
    this.wake();
  }

  /**
   * Sends it piece by piece, each as soon as it is there, as fast as the client takes them. A body that fails is cut off: the
   * connection is closed, since the status is long sent. (RFC 9112, 8: Handling Incomplete Messages)
   *
   * @returns its beginning, its length in bytes, and why it was cut off, if it was
   */
  async sendTo(response: ServerResponse): Promise<Sent> {
    const beginning: Uint8Array[] = [];
    let [length, written] = [0, Promise.resolve()];
    const isGone = (): boolean => response.destroyed || response.writableEnded;
    const closed = new Promise<void>((resolve) => response.once("close", resolve));
    for (;;) {
      const piece = this.waiting.shift();
      if (piece && !isGone()) {
        const { bytes } = piece;
        if (length < KEPT_BYTES) beginning.push(bytes.subarray(0, KEPT_BYTES - length));
        length += bytes.length;
        const { isFull, done } = write(response, bytes);
        written = Promise.race([done, closed]);
        if (isFull) await written;
      }
      piece?.taken();
      if (piece) continue;
      if (this.ending) break;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    const { failure } = this.ending;
    if (failure === undefined) response.end();
    else {
      // Not with what is still on its way to the client.
      await written;
      response.destroy();
    }
    return { beginning: Buffer.concat(beginning), length, failure };
  }
}

/** What was sent of a body. */
interface Sent {
  readonly beginning: Buffer;
  readonly length: number;
  readonly failure: string | undefined;
}

/** @returns whether there is enough on its way, and when this is */
function write(
  response: ServerResponse,
  bytes: Uint8Array,
): { readonly isFull: boolean; readonly done: Promise<void> } {
  let isFull = false;
  const done = new Promise<void>((resolve) => {
    isFull = !response.write(bytes, () => resolve());
  });
  return { isFull, done };
}

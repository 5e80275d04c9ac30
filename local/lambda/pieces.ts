import { lambdaLimits } from "../../aws/limits";
import type { InvocationResult } from "../lib/invocation";

/** Takes a piece of an answer that is streamed: at once, or when the promise is fulfilled. */
export type OnPiece = (bytes: Uint8Array) => Promise<void> | void;

/** What a function streams, for whoever takes it piece by piece, or as a whole as `Invoke` answers it. */
export class Pieces {
  private readonly kept: Uint8Array[] = [];
  private bytes = 0;

  constructor(private readonly onPiece: OnPiece | undefined) {}

  /** Takes a piece, and says when it is taken. @returns whether the answer is still as long as it may be */
  take(piece: Uint8Array, taken: () => void): boolean {
    this.bytes += piece.length;
    if (this.bytes > lambdaLimits.streamedBytes) return false;
    const taking = this.onPiece?.(piece);
    if (!this.onPiece) this.kept.push(piece);
    if (taking) void taking.then(taken);
    else taken();
    return true;
  }

  /** The payload of a result, where it was streamed and nobody has taken the pieces. */
  payloadBeside({ functionError }: InvocationResult): { readonly payload?: string } {
    if (functionError !== undefined || this.kept.length === 0) return {};
    return { payload: Buffer.concat(this.kept).toString("utf8") };
  }
}

import { lambdaLimits } from "../../aws/limits";
import type { InvocationResult } from "../lib/invocation";

/** Takes a piece of an answer that is streamed. */
export type OnPiece = (bytes: Uint8Array) => void;

/** What a function streams, for whoever takes it piece by piece, or as a whole as `Invoke` answers it. */
export class Pieces {
  private readonly kept: Uint8Array[] = [];
  private bytes = 0;

  constructor(private readonly onPiece: OnPiece | undefined) {}

  /** Takes a piece. @returns whether the answer is still as long as it may be */
  take(piece: Uint8Array): boolean {
    this.bytes += piece.length;
    if (this.bytes > lambdaLimits.streamedBytes) return false;
    if (this.onPiece) this.onPiece(piece);
    else this.kept.push(piece);
    return true;
  }

  /** The payload of a result, where it was streamed and nobody has taken the pieces. */
  payloadBeside({ functionError }: InvocationResult): { readonly payload?: string } {
    if (functionError !== undefined || this.kept.length === 0) return {};
    return { payload: Buffer.concat(this.kept).toString("utf8") };
  }
}

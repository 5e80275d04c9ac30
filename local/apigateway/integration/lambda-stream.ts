import { apiGatewayLimits } from "../../../aws/limits";
import type { Exchange } from "../request/exchange";
import { AnswerStream } from "../response/answer-stream";
import { internalError } from "../response/refusal";
import type { FunctionCall } from "./function-call";
import { errorTypeIn, outcomeOf } from "./function-outcome";
import type { IntegrationResult } from "./integration";
import { interpretHead } from "./lambda-response";

/** Between metadata and body. (Developer guide, "Set up a Lambda proxy integration with payload response streaming") */
const DELIMITER = Buffer.alloc(8);

const malformed = (why: string): IntegrationResult => ({
  refusal: internalError("DEFAULT_5XX", 502, `malformed streamed response: ${why}`),
});

const noMetadata = `no metadata with eight bytes of zero behind them in the first ${apiGatewayLimits.streamMetadataBytes / 1024} KB: is it a handler that streams (handleStream)?`;

/** What a function streams before its body. */
class Metadata {
  private bytes = Buffer.alloc(0);

  /** Whether there are none where they have to be: whatever comes, nothing more is kept of it. */
  get areMissing(): boolean {
    return this.bytes.length >= apiGatewayLimits.streamMetadataBytes;
  }

  /** Takes a piece. @returns the text of the metadata and the beginning of the body, once they are complete */
  take(piece: Uint8Array): { readonly text: string; readonly rest: Buffer } | undefined {
    this.bytes = Buffer.concat([this.bytes, piece]);
    const at = this.bytes.subarray(0, apiGatewayLimits.streamMetadataBytes).indexOf(DELIMITER);
    if (at < 0) return undefined;
    return { text: this.bytes.toString("utf8", 0, at), rest: this.bytes.subarray(at + DELIMITER.length) };
  }
}

/**
 * The answer of a function that streams: it begins when its metadata are there, whatever the function does afterwards. What
 * goes wrong before that is a gateway response; after that the answer is cut off.
 */
export function streamedAnswer(
  call: FunctionCall,
  exchange: Exchange,
  { event, timeoutMs }: { readonly event: string; readonly timeoutMs: number },
): Promise<IntegrationResult> {
  return new Promise((resolve) => {
    const metadata = new Metadata();
    const stream = new AnswerStream();
    let isBegun = false;
    const refuse = (why: string): void => {
      isBegun = true;
      stream.abandon();
      resolve(malformed(why));
    };
    const begin = (text: string): void => {
      isBegun = true;
      const head = interpretHead(text);
      if ("malformed" in head) {
        refuse(head.malformed);
        return;
      }
      exchange.functionStatus = head.status;
      resolve({ answer: { ...head, body: "", stream, traced: true } });
    };
    const onPiece = async (piece: Uint8Array): Promise<void> => {
      if (isBegun) return stream.push(piece);
      const found = metadata.take(piece);
      if (!found) {
        if (metadata.areMissing) refuse(noMetadata);
        return;
      }
      begin(found.text);
      if (found.rest.length > 0) await stream.push(found.rest);
    };
    void call.invoke(exchange, event, onPiece).then(({ result, latency }) => {
      exchange.integrationLatency = latency;
      const ended = outcomeOf(result, exchange, timeoutMs);
      if ("refusal" in ended) {
        stream.end(ended.refusal.reason);
        resolve(ended);
      } else if (ended.functionError !== undefined) {
        const why = `the function failed: ${errorTypeIn(ended.payload)}`;
        stream.end(`${why}, when it had begun to answer`);
        resolve({ refusal: internalError("DEFAULT_5XX", 502, why) });
      } else {
        stream.end();
        resolve(malformed(noMetadata));
      }
    });
  });
}

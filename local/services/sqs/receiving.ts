import { sqsLimits } from "../../../aws/limits";
import { type Input, textsIn } from "../json-protocol";
import { md5OfAttributes, systemAttributeNames, systemAttributes } from "./attributes";
import { badAttribute, badHandle, invalid, missing, within } from "./errors";
import type { Queue, ReceivedMessage } from "./queue";

const picked = <T>(values: Readonly<Record<string, T>>, isWanted: (name: string) => boolean) => {
  const chosen = Object.entries(values).filter(([name]) => isWanted(name));
  return chosen.length > 0 ? Object.fromEntries(chosen) : undefined;
};

/** Shows a message with what was asked for: without that, SQS sends no attributes. */
function shower(input: Input) {
  const system = [...textsIn(input, "MessageSystemAttributeNames"), ...textsIn(input, "AttributeNames")];
  const unknown = system.find((name) => !systemAttributeNames.includes(name));
  if (unknown !== undefined) throw badAttribute(unknown);
  const own = textsIn(input, "MessageAttributeNames");
  const isOwn = (name: string) =>
    own.some(
      (wanted) =>
        wanted === "All" ||
        wanted === ".*" ||
        wanted === name ||
        (wanted.endsWith(".*") && name.startsWith(wanted.slice(0, -2))),
    );
  return (message: ReceivedMessage) => {
    const sent = picked(message.messageAttributes, isOwn);
    return {
      MessageId: message.messageId,
      ReceiptHandle: message.receiptHandle,
      Body: message.body,
      MD5OfBody: message.md5OfBody,
      Attributes: picked(systemAttributes(message), (name) => system.includes("All") || system.includes(name)),
      MessageAttributes: sent,
      MD5OfMessageAttributes: sent && md5OfAttributes(sent),
    };
  };
}

export async function receive(queue: Queue, input: Input) {
  const { WaitTimeSeconds: wait, MaxNumberOfMessages: most, VisibilityTimeout: visibility } = input;
  within("WaitTimeSeconds", wait, sqsLimits.waitSeconds, "Must be >= 0 and <= 20, if provided.");
  within("MaxNumberOfMessages", most, sqsLimits.receivedMessages, "Must be between 1 and 10, if provided.");
  within(
    "VisibilityTimeout",
    visibility,
    sqsLimits.visibilityTimeoutSeconds,
    "Must be >= 0 and <= 43200, if provided.",
  );
  // Checked before anything is received, which a refusal would leave hidden.
  const show = shower(input);
  const seconds = typeof visibility === "number" ? visibility : undefined;
  const messages = await queue.receive(
    Number(most ?? 1),
    Number(wait ?? queue.definition.receiveWaitSeconds ?? 0) * 1000,
    seconds,
  );
  return messages.length > 0 ? { Messages: messages.map(show) } : {};
}

/** A receipt, in the form that SQS gave out. */
function handleIn(input: Input): string {
  const handle = input["ReceiptHandle"];
  if (typeof handle !== "string" || handle === "") throw missing("ReceiptHandle");
  if (!/^[0-9a-f-]{36}#[0-9a-f-]{36}$/.test(handle)) throw badHandle(handle);
  return handle;
}

/**
 * Deletes a message; one that is gone already is no error. A queue that keeps the order refuses a receipt whose time is
 * over (recorded: LocalStack's tests, test_fifo_delete_after_visibility_timeout).
 */
export function remove(queue: Queue, input: Input): object {
  const handle = handleIn(input);
  if (queue.definition.fifo && queue.isExpired(handle)) {
    throw invalid(`Value ${handle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`);
  }
  queue.delete(handle);
  return {};
}

export function changeVisibility(queue: Queue, input: Input): object {
  const [handle, seconds] = [handleIn(input), input["VisibilityTimeout"]];
  if (typeof seconds !== "number") throw missing("VisibilityTimeout");
  within("VisibilityTimeout", seconds, sqsLimits.visibilityTimeoutSeconds, "Must be between 0 and 43200.");
  if (queue.changeVisibility(handle, seconds)) return {};
  const reason = "Message does not exist or is not available for visibility timeout change.";
  throw invalid(`Value ${handle} for parameter ReceiptHandle is invalid. Reason: ${reason}`);
}

import { isDeepStrictEqual } from "node:util";
import type { Operation } from "./operations";

export interface Answer {
  readonly status: number;
  /** The response, without the order of what is unordered; of an error its name as `error`. */
  readonly body: Readonly<Record<string, unknown>>;
}

interface Explanation {
  readonly why: string;
  readonly applies: (operation: Operation, ours: Answer, theirs: Answer) => boolean;
}

const messageOf = ({ body }: Answer): string => String(body["message"] ?? "");
const isError = ({ status }: Answer): boolean => status >= 400;

const without = (body: Answer["body"], member: string) => {
  const { [member]: _, ...rest } = body;
  return rest;
};

const errorOf = ({ body }: Answer): string => String(body["error"] ?? "");
const bothRefuse = (ours: Answer, theirs: Answer): boolean => isError(ours) && isError(theirs);
/** Errors in a request whatever the tables contain, or in how it fits them. */
const ofRequest = ["ValidationException", "SerializationException", "ResourceNotFoundException"];
const saysOfKeys = /Key attributes must be scalars|Cannot update attribute/;

/** The answer as text, without the point that DynamoDB Local puts after the message of a failed check. */
const pointless = ({ body }: Answer): string => JSON.stringify(body).replaceAll("request failed.", "request failed");

const itemsOf = ({ body }: Answer): readonly string[] =>
  Array.isArray(body["Items"]) ? body["Items"].map((item) => JSON.stringify(item)).sort() : [];

/** Why DynamoDB Local answers otherwise where it is not DynamoDB that does. */
export const explanations: readonly Explanation[] = [
  {
    why: 'capacity: DynamoDB Local returns it for a write that did not ask, counts none for an empty query, and names no read or write units of a transaction\'s table (developer guide, "Capacity unit consumption"; API reference, Capacity)',
    applies: (_, ours, theirs) =>
      !isError(ours) &&
      !isError(theirs) &&
      isDeepStrictEqual(without(ours.body, "ConsumedCapacity"), without(theirs.body, "ConsumedCapacity")),
  },
  {
    why: "JSON of a wrong type: DynamoDB Local fails, or checks something else first, where DynamoDB has a SerializationException",
    applies: (_, ours, theirs) => isError(theirs) && errorOf(ours) === "SerializationException",
  },
  {
    why: "a text that is none of those that a member may be: DynamoDB Local takes an empty one (API reference, valid values)",
    applies: (_, ours) => messageOf(ours).includes("Member must satisfy enum value set"),
  },
  {
    why: "words: DynamoDB Local has some of its own; ours are those of DynamoDB as far as the conformance suite has them, and of several errors each returns the one that it finds first",
    applies: (_, ours, theirs) =>
      bothRefuse(ours, theirs) &&
      errorOf(ours) === errorOf(theirs) &&
      (pointless(ours) === pointless(theirs) ||
        isDeepStrictEqual(without(ours.body, "message"), without(theirs.body, "message"))),
  },
  {
    why: "several errors: those of a request are returned before those of the item that it is about, and not the other way round",
    applies: (_, ours, theirs) =>
      bothRefuse(ours, theirs) &&
      ofRequest.includes(errorOf(ours)) &&
      [...ofRequest, "ConditionalCheckFailedException", "TransactionCanceledException"].includes(errorOf(theirs)),
  },
  {
    why: "an action of a transaction that can't be done is a reason of its cancellation, ValidationError (API reference, TransactWriteItems, Errors)",
    applies: (_, ours, theirs) =>
      bothRefuse(ours, theirs) &&
      errorOf(ours) === "TransactionCanceledException" &&
      (messageOf(ours).includes("ValidationError") || ofRequest.includes(errorOf(theirs))),
  },
  {
    why: "paths into keys: DynamoDB Local does not refuse them in the checks of transactions",
    applies: (operation, ours) => operation.name === "TransactWriteItems" && saysOfKeys.test(JSON.stringify(ours.body)),
  },
  {
    why: 'the key of an index is of the index\'s type: DynamoDB Local lets an update make it another (developer guide, "Data types for indexed attributes")',
    applies: (_, ours, theirs) =>
      !isError(theirs) &&
      /Type mismatch for Index Key|secondary index key to unsupported type/.test(JSON.stringify(ours.body)),
  },
  {
    why: 'order: items of an index that have the same key are in none (developer guide, "Using Global Secondary Indexes")',
    applies: ({ input }, ours, theirs) =>
      !isError(ours) &&
      !isError(theirs) &&
      input["IndexName"] !== undefined &&
      (input["Limit"] !== undefined || isDeepStrictEqual(itemsOf(ours), itemsOf(theirs))),
  },
  {
    why: 'a scan of an index sees what the index has: DynamoDB Local filters by the whole item (developer guide, "Attribute projections")',
    applies: ({ name, input }, ours, theirs) =>
      !isError(ours) &&
      !isError(theirs) &&
      name === "Scan" &&
      input["IndexName"] === "byG" &&
      input["FilterExpression"] !== undefined &&
      ours.body["ScannedCount"] === theirs.body["ScannedCount"],
  },
];

import * as z from "zod/mini";
import type { Api } from "./api";
import { ErrorSchema } from "./errors";
import { anyJson, onDemand } from "./fields";

/** The most items that a request may bring. How many of them are processed is the deployment's to say. */
export const MAX_ITEMS = 10_000;

const countMessage = `must hold at most ${MAX_ITEMS} items`;

/** Items to process, or none. */
export const Batch = onDemand(() =>
  z.strictObject({ data: z.array(anyJson()).check(z.maxLength(MAX_ITEMS, countMessage)) }),
);

const hex = (digits: number) => z.string().check(z.regex(new RegExp(`^[0-9a-f]{${digits}}$`)));

/** Result of processing an item. */
export const Fingerprint = onDemand(() =>
  z.strictObject({
    type: z.enum(["array", "boolean", "null", "number", "object", "string"]),
    /** Of the item's canonical text, in UTF-8. */
    bytes: z.int().check(z.gte(1)),
    sha256: hex(64),
  }),
);

/** An item as it came, and what was made of it. */
export const ProcessedItem = onDemand(() =>
  z.strictObject({ id: hex(32), original: z.unknown(), processed: Fingerprint }),
);

const count = () => z.int().check(z.gte(0), z.lte(MAX_ITEMS));
const milliseconds = () => z.int().check(z.gte(0));

/** The function that answers. */
export const FunctionInfo = onDemand(() =>
  z.strictObject({
    name: z.string(),
    version: z.string(),
    memoryMb: z.int().check(z.gte(128)),
    /** Remaining time of the function when it answers, in ms. */
    remainingTimeMs: milliseconds(),
  }),
);

/** Result of a batch: its first items are processed, in their order. */
export const BatchResult = onDemand(() =>
  z.strictObject({
    message: z.string(),
    environment: z.string(),
    /** Number of items of a request that are processed at most. */
    batchSize: z.int().check(z.gte(1)),
    /** Whether a connection string is there. Without one nothing is processed. */
    hasDatabaseConfig: z.boolean(),
    functionInfo: FunctionInfo,
    itemsReceived: count(),
    itemsProcessed: count(),
    processed: z.array(ProcessedItem),
  }),
);

/** The function's own description. */
export const Greeting = onDemand(() =>
  z.strictObject({
    message: z.string(),
    environment: z.string(),
    functionName: z.string(),
    /** Remaining time of the function when it answers, in ms. */
    remainingTimeMs: milliseconds(),
    /** Whether the key that ids are made with is there. */
    hasApiKey: z.boolean(),
    requestId: z.string(),
  }),
);

/** The data processor's contract: fingerprints of JSON items, a batch at a time. */
export const dataProcessorApi = {
  name: "data-processor",
  version: "1.0.0",
  description: "Fingerprints of JSON items: equal items get equal ids, whoever wrote them and however.",
  models: { Batch, Fingerprint, ProcessedItem, FunctionInfo, BatchResult, Greeting, Error: ErrorSchema },
  routes: {
    getHello: {
      method: "GET",
      path: "/hello",
      summary: "Say that the service is there",
      access: "public",
      status: 200,
      response: Greeting,
      errors: [400, 503],
    },
    processData: {
      method: "POST",
      path: "/data",
      summary: "Process a batch of items",
      access: "apiKey",
      body: Batch,
      status: 200,
      response: BatchResult,
      errors: [400, 503],
    },
  },
} as const satisfies Api;

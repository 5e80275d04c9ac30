import {
  type DynamoDBDocumentClient,
  type GetCommandOutput,
  PutCommand,
  type PutCommandInput,
  type PutCommandOutput,
  UpdateCommand,
  type UpdateCommandInput,
  type UpdateCommandOutput,
} from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";

/** An item as it is read. */
export type Item = NonNullable<GetCommandOutput["Item"]>;

/** Result of a conditional write: the table's answer, or the item that failed the condition, if there was one. */
export type Written<Answer> =
  | { readonly answer: Answer; readonly there?: undefined }
  | { readonly answer?: undefined; readonly there: Item | undefined };

/**
 * The item that a refused condition found, of a client that reads numbers as the handlers' own does.
 *
 * @param error `ConditionalCheckFailedException`; errors contain DynamoDB's own values, also those of a document client
 */
function refusedBy(error: Error): Item | undefined {
  const { Item: item } = error as Error & { readonly Item?: Parameters<typeof unmarshall>[0] };
  return item && unmarshall(item, { wrapNumbers: Number });
}

/** Waits for a conditional write. A condition that is not met is a result, and no failure. */
async function written<Answer>(write: Promise<Answer>): Promise<Written<Answer>> {
  try {
    return { answer: await write };
  } catch (error) {
    if (error instanceof Error && error.name === "ConditionalCheckFailedException") return { there: refusedBy(error) };
    throw error;
  }
}

/**
 * A table whose every write is one conditional call, and whose refusals bring the item along that was there: so whoever
 * is refused knows why without reading again, and without the right to.
 *
 * The SDK repeats a call whose answer was lost, and the repeated call then fails on its own success. So each write
 * leaves its token in the item, and a refusal is somebody else's doing only if the token there is not its own.
 *
 * @example
 * const things = new ConditionalTable(documentClient(), requiredEnv("THINGS_TABLE"));
 * const { answer, there } = await things.put({ Item: item, ConditionExpression: "attribute_not_exists(thingId)" });
 * if (!answer && there?.["token"] !== item.token) throw new Conflict("This id is taken.");
 */
export class ConditionalTable {
  constructor(
    private readonly client: DynamoDBDocumentClient,
    readonly name: string,
  ) {}

  put(input: Omit<PutCommandInput, "TableName">): Promise<Written<PutCommandOutput>> {
    return written(this.client.send(new PutCommand({ ...this.#write, ...input })));
  }

  update(input: Omit<UpdateCommandInput, "TableName">): Promise<Written<UpdateCommandOutput>> {
    return written(this.client.send(new UpdateCommand({ ...this.#write, ...input })));
  }

  get #write() {
    return { TableName: this.name, ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;
  }
}

import * as z from "zod/mini";
import { onDemand } from "../../contracts/fields";
import { ImportedUser } from "../../contracts/user-management";

/**
 * One user of an import. An event each, so that each is tried again by itself and one that fails lands in the queue by
 * itself, also when the function crashes over it.
 */
export const ImportEvent = onDemand(() =>
  z.strictObject({ importId: z.uuidv7(), caller: z.string(), user: ImportedUser }),
);

/** Payload with which the API's function invokes the import function. */
export type ImportEvent = z.infer<typeof ImportEvent>;

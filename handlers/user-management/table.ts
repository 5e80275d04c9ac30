import { documentClient } from "../runtime/clients/dynamodb";
import { requiredEnv } from "../runtime/env";
import { ImportStore } from "./import-store";
import { UserStore } from "./user-store";

const client = documentClient();
const table = requiredEnv("USERS_TABLE");

/** The store over the table of the function's stage. */
export const store = new UserStore(client, table);

/** The imports in the same table. */
export const imports = new ImportStore(client, table);

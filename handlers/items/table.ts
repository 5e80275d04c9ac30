import { documentClient } from "../runtime/clients/dynamodb";
import { requiredEnv } from "../runtime/env";
import { ItemStore } from "./item-store";

/** The store over the function's own table. */
export const store = new ItemStore(documentClient(), requiredEnv("ITEMS_TABLE"));

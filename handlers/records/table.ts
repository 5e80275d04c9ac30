import { documentClient } from "../runtime/clients/dynamodb";
import { requiredEnv } from "../runtime/env";
import { RecordStore } from "./record-store";

/** The store over the function's own table. */
export const store = new RecordStore(documentClient(), requiredEnv("RECORDS_TABLE"));

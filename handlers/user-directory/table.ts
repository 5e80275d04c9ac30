import { documentClient } from "../runtime/clients/dynamodb";
import { requiredEnv } from "../runtime/env";
import { UserStore } from "./user-store";

/** The store over the function's own table. */
export const store = new UserStore(documentClient(), requiredEnv("USERS_TABLE"));

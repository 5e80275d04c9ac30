import { documentClient } from "../runtime/clients";
import { requiredEnv } from "../runtime/env";
import { UserStore } from "./user-store";

/** The store over the table of the function's stage. */
export const store = new UserStore(documentClient(), requiredEnv("USERS_TABLE"));

import * as z from "zod/mini";
import type { Api } from "./api";
import { ErrorSchema } from "./errors";
import { emailAddress, ifMatch, instant, onDemand, text, userId } from "./fields";

/** The path of the import lies where a user of this name would. */
const reserved = "import";

const ownUserId = () => userId().check(z.refine((id) => id !== reserved, `must not be ${reserved}`));

/** Request body that creates a user. */
export const NewUser = onDemand(() =>
  z.strictObject({ userId: z.optional(ownUserId()), email: emailAddress(), name: text(256) }),
);

/** The fields of a user that a client may replace: all but the id. */
export const UserChange = onDemand(() => z.strictObject({ email: emailAddress(), name: text(256) }));

/** A user as it is kept and answered. */
export const StoredUser = onDemand(() =>
  z.strictObject({
    userId: userId(),
    email: emailAddress(),
    name: text(256),
    version: z.int().check(z.gte(1)),
    createdDate: instant(),
    updatedDate: instant(),
  }),
);

/** A user in an import brings an id, so that the same import sent again makes nobody twice. */
export const ImportedUser = onDemand(() =>
  z.strictObject({ userId: ownUserId(), email: emailAddress(), name: text(256) }),
);

const importMessage = "must hold 1–500 users";

/** Request body that imports many users. */
export const UserImport = onDemand(() =>
  z.strictObject({
    users: z.array(ImportedUser).check(
      z.minLength(1, importMessage),
      z.maxLength(500, importMessage),
      z.refine(
        (users) => new Set(users.map(({ userId: id }) => id)).size === users.length,
        "must not hold a userId twice",
      ),
    ),
  }),
);

/** Response to an import that has been accepted. */
export const AcceptedImport = onDemand(() =>
  z.strictObject({ importId: z.uuidv7(), users: z.int().check(z.gte(1), z.lte(500)) }),
);

/** Outcome of each user of an import. */
export const ImportStatus = onDemand(() =>
  z.strictObject({
    importId: z.uuidv7(),
    acceptedDate: instant(),
    users: z.array(
      z.strictObject({
        userId: userId(),
        outcome: z.enum(["pending", "imported", "unchanged", "conflict", "failed"]),
        error: z.optional(z.string()),
      }),
    ),
  }),
);

const params = onDemand(() => z.object({ userId: ownUserId() }));
const etag = { ETag: "The user's version, quoted; goes into If-Match" };

/** Users, one by one and many at once. */
export const userManagementApi = {
  name: "user-management",
  version: "1.0.0",
  description: "Users by an id of their own, each with one live entry; imports of up to 500 at once.",
  models: {
    NewUser,
    UserChange,
    StoredUser,
    ImportedUser,
    UserImport,
    AcceptedImport,
    ImportStatus,
    Error: ErrorSchema,
  },
  routes: {
    createUser: {
      method: "POST",
      path: "/users",
      summary: "Make a user",
      access: "apiKey",
      body: NewUser,
      status: 201,
      response: StoredUser,
      responseHeaders: { ...etag, Location: "The path of the user" },
      errors: [400, 409, 503],
    },
    getUser: {
      method: "GET",
      path: "/users/{userId}",
      summary: "Read a user",
      access: "apiKey",
      params,
      status: 200,
      response: StoredUser,
      responseHeaders: etag,
      errors: [400, 404, 503],
    },
    replaceUser: {
      method: "PUT",
      path: "/users/{userId}",
      summary: "Replace a user's address and name",
      access: "apiKey",
      params,
      headers: onDemand(() => z.object({ "if-match": z.optional(ifMatch()) })),
      body: UserChange,
      status: 200,
      response: StoredUser,
      responseHeaders: etag,
      errors: [400, 404, 412, 428, 503],
    },
    deleteUser: {
      method: "DELETE",
      path: "/users/{userId}",
      summary: "Delete a user",
      access: "apiKey",
      params,
      status: 204,
      errors: [400, 404, 503],
    },
    importUsers: {
      method: "POST",
      path: "/users/import",
      summary: "Have up to 500 users made in the background",
      access: "apiKey",
      body: UserImport,
      status: 202,
      response: AcceptedImport,
      errors: [400, 503],
    },
    getImport: {
      method: "GET",
      path: "/users/import/{importId}",
      summary: "See what became of each user of an import of the last 14 days",
      access: "apiKey",
      params: onDemand(() => z.object({ importId: z.uuidv7() })),
      status: 200,
      response: ImportStatus,
      errors: [400, 404, 503],
    },
  },
} as const satisfies Api;

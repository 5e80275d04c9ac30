import * as z from "zod/mini";
import type { Api } from "./api";
import { ErrorSchema } from "./errors";
import { emailAddress, ifMatch, instant, integerText, onDemand, text, token, userId } from "./fields";

const name = () => text(256);

/** Request body that creates a user. */
export const NewUser = onDemand(() =>
  z.strictObject({ userId: z.optional(userId()), email: emailAddress(), name: name() }),
);

/** The fields of a user that a client may replace: all but the id. */
export const UserChange = onDemand(() => z.strictObject({ email: emailAddress(), name: name() }));

/** A user as it is kept and answered. */
export const User = onDemand(() =>
  z.strictObject({
    userId: userId(),
    email: emailAddress(),
    name: name(),
    version: z.int().check(z.gte(1)),
    createdAt: instant(),
    updatedAt: instant(),
  }),
);

/** One page of the users with an address. Only a missing `nextCursor` says that there is no more. */
const UserPage = onDemand(() => z.strictObject({ items: z.array(User), nextCursor: z.optional(z.string()) }));

const params = onDemand(() => z.object({ userId: userId() }));
const precondition = onDemand(() => z.object({ "if-match": z.optional(ifMatch()) }));
const etag = { ETag: "The user's version, quoted; goes into If-Match" };

/** Users by id and by e-mail address, which several of them may share. */
export const userDirectoryApi = {
  name: "user-directory",
  version: "1.0.0",
  description: "Users, found by their id or by their e-mail address.",
  models: { NewUser, UserChange, User, UserPage, Error: ErrorSchema },
  routes: {
    createUser: {
      method: "POST",
      path: "/users",
      summary: "Enter a user",
      access: "apiKey",
      body: NewUser,
      status: 201,
      response: User,
      responseHeaders: { ...etag, Location: "The path of the user" },
      errors: [400, 409, 503],
    },
    listUsers: {
      method: "GET",
      path: "/users",
      summary: "Find the users with an e-mail address",
      access: "apiKey",
      query: onDemand(() =>
        z.strictObject({
          email: emailAddress(),
          limit: z._default(integerText(1, 100), 25),
          cursor: z.optional(token(2048)),
        }),
      ),
      status: 200,
      response: UserPage,
      errors: [400, 503],
    },
    getUser: {
      method: "GET",
      path: "/users/{userId}",
      summary: "Read a user",
      access: "apiKey",
      params,
      status: 200,
      response: User,
      responseHeaders: etag,
      errors: [400, 404, 503],
    },
    replaceUser: {
      method: "PUT",
      path: "/users/{userId}",
      summary: "Replace a user's address and name",
      access: "apiKey",
      params,
      headers: precondition,
      body: UserChange,
      status: 200,
      response: User,
      responseHeaders: etag,
      errors: [400, 404, 412, 428, 503],
    },
    deleteUser: {
      method: "DELETE",
      path: "/users/{userId}",
      summary: "Delete a user, or with If-Match one version of a user and no other",
      access: "apiKey",
      params,
      headers: precondition,
      status: 204,
      errors: [400, 404, 412, 503],
    },
  },
} as const satisfies Api;

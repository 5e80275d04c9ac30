import * as z from "zod/mini";

/**
 * Text a person wrote: 1 to `maxLength` UTF-16 units, no control characters, no lone surrogates (they do not survive
 * UTF-8 and would come back as something else).
 */
export const text = (maxLength: number) =>
  z.string().check(
    z.minLength(1, `must be 1–${maxLength} characters`),
    z.maxLength(maxLength, `must be 1–${maxLength} characters`),
    z.refine((value) => !/\p{Cc}/u.test(value), "must not contain control characters"),
    z.refine((value) => value.isWellFormed(), "must be well-formed Unicode"),
  );

/** A name that machines use: letters, digits and `. _ : / -`, 1 to `maxLength` characters. */
export const identifier = (maxLength: number) =>
  z
    .string()
    .check(
      z.regex(
        new RegExp(`^[A-Za-z0-9._:/-]{1,${maxLength}}$`),
        `must be 1–${maxLength} letters, digits or any of . _ : / -`,
      ),
    );

/**
 * An e-mail address as mail servers deliver to (RFC 5321 without quoted names), at most 254 characters. Comes out in
 * lower case, so that equal addresses are equal.
 */
export const emailAddress = () =>
  z
    .string()
    .check(
      z.maxLength(254, "must be at most 254 characters"),
      z.regex(
        /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+$/,
        "must be an e-mail address",
      ),
      z.toLowerCase(),
    );

/** A user's id as its owner chose it, fit for a path as it is; `.` and `..` would be lost on the way. */
export const userId = () =>
  z
    .string()
    .check(
      z.regex(
        /^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$/,
        "must be 1–64 letters, digits or any of . _ ~ -, a letter or digit first",
      ),
    );

/** The `If-Match` header: one ETag as the service returned it. */
export const ifMatch = () => z.string().check(z.regex(/^"[^"]{1,64}"$/, 'must be one quoted ETag, like "3"'));

/** An opaque token that the service returned before: URL-safe characters only. */
export const token = (maxLength: number) =>
  z.string().check(z.regex(new RegExp(`^[A-Za-z0-9._~-]{1,${maxLength}}$`), "must be a token as it was handed out"));

/** An integer in a query string or header: decimal digits, `minimum` to `maximum`. */
export const integerText = (minimum: number, maximum: number) => {
  const message = `must be an integer ${minimum}–${maximum}`;
  return z.pipe(
    z.pipe(z.string().check(z.regex(/^\d{1,15}$/, message)), z.transform(Number)),
    z.int().check(z.gte(minimum, message), z.lte(maximum, message)),
  );
};

/** A number in a query string or header: decimal digits with a sign and a fraction if need be, `minimum` to `maximum`. */
export const numberText = (minimum: number, maximum: number) => {
  const message = `must be a number ${minimum}–${maximum}`;
  return z.pipe(
    z.pipe(z.string().check(z.regex(/^-?\d{1,15}(\.\d{1,15})?$/, message)), z.transform(Number)),
    z.number().check(z.gte(minimum, message), z.lte(maximum, message)),
  );
};

/**
 * A query parameter that may be given several times, up to `maxItems`: `?tag=a&tag=b`. One that must not be missing is
 * given at least once.
 *
 * @example
 * const query = onDemand(() => z.object({ tag: z.optional(listOf(identifier(32), 10)) }));
 */
export const listOf = <Item extends z.ZodMiniType>(item: Item, maxItems: number) =>
  z.array(item).check(z.maxLength(maxItems, `must be given at most ${maxItems} times`));

/** An instant in UTC with milliseconds: `2026-01-31T12:00:00.000Z`. */
export const instant = () =>
  z
    .string()
    .check(
      z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, "must be an instant like 2026-01-31T12:00:00.000Z"),
      z.meta({ format: "date-time" }),
    );

/** Whether every number in a parsed JSON text is one: JSON's grammar has no bounds, a double does (1e999). */
function isFiniteThroughout(root: unknown): boolean {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === "number" && !Number.isFinite(value)) return false;
    if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) open.push(inner);
  }
  return true;
}

/** Any JSON value: text, number, boolean, null, list or object. */
export const anyJson = () =>
  z.unknown().check(z.refine(isFiniteThroughout, "must hold only numbers that a double holds (up to 1.79e308)"));

/**
 * A schema that is built when it is first used. A function uses a few of its API's schemas; building all of them would
 * be a tenth of its cold start.
 *
 * @example
 * const Thing = onDemand(() => z.strictObject({ thingId: identifier(64), name: text(256) }));
 */
export const onDemand = <Schema extends z.ZodMiniType>(build: () => Schema) => z.lazy(build);

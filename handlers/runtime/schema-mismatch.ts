import type * as z from "zod/mini";

/** A place where a value is not as its schema. */
interface Mismatch {
  readonly code: string;
  readonly path: string;
}

/** A value is not as its schema. Contains nothing of the value, only where and how it differs. */
export class SchemaMismatch extends Error {
  constructor(
    message: string,
    readonly issues: readonly Mismatch[],
  ) {
    super(message);
  }
}

/** What a log has of a mismatch; nothing of anything else that was thrown. */
export const issuesOf = (thrown: unknown): { readonly issues?: readonly Mismatch[] } =>
  thrown instanceof SchemaMismatch ? { issues: thrown.issues.slice(0, 20) } : {};

/** The inside of a schema, also of one that is built on demand. */
const built = (schema: z.core.$ZodType | undefined): object =>
  (schema?._zod.def.type === "lazy" ? (schema as z.core.$ZodLazy)._zod.innerType : schema)?._zod ?? {};

/** The part of an issue's path that the schema names. The rest, a key of an open-ended object, is somebody's data. */
function declaredPath(schema: z.core.$ZodType, path: readonly PropertyKey[]): string {
  let at: z.core.$ZodType | undefined = schema;
  const named: string[] = [];
  for (const key of path) {
    const { def } = built(at) as { def?: { shape?: Record<PropertyKey, z.core.$ZodType>; element?: z.core.$ZodType } };
    at = def?.shape?.[key] ?? def?.element;
    named.push(at ? String(key) : "*");
  }
  return named.join(".");
}

/** Where a value differs from its schema, in paths that quote nobody. */
export const mismatches = (schema: z.core.$ZodType, issues: readonly z.core.$ZodIssue[]): Mismatch[] =>
  issues.map(({ code, path }) => ({ code, path: declaredPath(schema, path) }));

/**
 * A value that comes with an event, as its schema has it.
 *
 * @param what what it is, for the error: `message`
 * @throws SchemaMismatch
 */
export function checked<S extends z.ZodMiniType>(schema: S, value: unknown, what: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new SchemaMismatch(`the ${what} does not match its schema`, mismatches(schema, result.error.issues));
}

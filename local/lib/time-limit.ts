import { UserError } from "../../lib/user-error";

/**
 * Waits for something, but not without end.
 *
 * @param what - is not done in time: `the build of handlers/records/get-record.ts`
 * @throws UserError when the time is over; the work may go on, and its result is ignored
 */
export async function withTimeLimit<T>(milliseconds: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    const remedy = "find what does not end in it, or try again on a machine that is less busy";
    const message = `${what} takes longer than ${milliseconds / 1000} s and was given up; ${remedy}`;
    timer = setTimeout(() => reject(new UserError(message)), milliseconds);
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
  }
}

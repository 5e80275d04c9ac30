/** API Gateway waits for 29 seconds, however long the function may take; some go by before the function is called. */
export const longestAnswerMs = 27_500;

/** Time reserved for a function's answer after its calls have been aborted, in ms. */
const marginMs = 1000;

/** Working time of an invocation with so much time remaining, in milliseconds. */
export const workingTimeMs = (remainingMs: number): number => remainingMs - Math.min(marginMs, remainingMs / 4);

/** Attempts of an AWS call, and the timeout of each in milliseconds. */
export const callAttempts = 3;
export const callAttemptMs = 2000;

/**
 * Shortest time for which a function waits for a service that never answers, in milliseconds: pauses between attempts
 * come on top.
 */
export const hangingCallMs = callAttempts * callAttemptMs;

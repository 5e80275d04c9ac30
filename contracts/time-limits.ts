/** API Gateway waits for 29 seconds, however long the function may take; some go by before the function is called. */
export const longestAnswerMs = 27_500;

/** Time reserved for a function's answer after its calls have been aborted, in ms. */
const marginMs = 1000;

/** How long an invocation may work when so much of its time remains, in milliseconds. */
export const workingTimeMs = (remainingMs: number): number => remainingMs - Math.min(marginMs, remainingMs / 4);

/** How often an AWS call is made, and how long each attempt is waited for. */
export const callAttempts = 3;
export const callAttemptMs = 2000;

/** How long a function waits for a service that never answers, at least: pauses between attempts come on top. */
export const hangingCallMs = callAttempts * callAttemptMs;

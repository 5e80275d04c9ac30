/**
 * Has CDKTF's tokens not note where they are made. Each notes a stack of all its frames, mapped back to TypeScript, for
 * an error that hardly ever comes: together a third of a synth's time and a fifth of its memory. Stacks of errors stay
 * as they are.
 *
 * @returns what ends it
 */
export function forgetTokenStacks(): () => void {
  const { captureStackTrace } = Error;
  Error.captureStackTrace = (target, below) => {
    if (target instanceof Error) captureStackTrace(target, below);
  };
  return () => {
    Error.captureStackTrace = captureStackTrace;
  };
}

/** Does some work meanwhile. */
export function withoutTokenStacks<T>(work: () => T): T {
  const end = forgetTokenStacks();
  try {
    return work();
  } finally {
    end();
  }
}

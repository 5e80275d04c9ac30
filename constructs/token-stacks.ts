/**
 * Does some work while CDKTF's tokens do not note where they were made. Each notes a stack of all its frames, mapped
 * back to TypeScript, for an error that hardly ever comes: together a third of a synth's time and a fifth of its
 * memory. Stacks of errors stay as they are.
 */
export function withoutTokenStacks<T>(work: () => T): T {
  const { captureStackTrace } = Error;
  Error.captureStackTrace = (target, below) => {
    if (target instanceof Error) captureStackTrace(target, below);
  };
  try {
    return work();
  } finally {
    Error.captureStackTrace = captureStackTrace;
  }
}

// CDKTF's tokens note where they were made, which jest maps back to TypeScript at great cost: half of a synth.
const { captureStackTrace } = Error;
Error.captureStackTrace = (target, below) => {
  if (target instanceof Error) captureStackTrace(target, below);
};

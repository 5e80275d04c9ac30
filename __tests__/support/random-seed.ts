import fc from "fast-check";

// With FC_SEED properties try the same values each time, as a check of a change has to: whoever made it is not to be stopped by
// what was wrong before. Without it they try others.
const { FC_SEED } = process.env;
if (FC_SEED) {
  if (!/^-?\d+$/.test(FC_SEED)) throw new Error(`FC_SEED must be a whole number, got ${FC_SEED}`);
  fc.configureGlobal({ seed: Number(FC_SEED) });
}

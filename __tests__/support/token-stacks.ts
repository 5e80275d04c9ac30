import { forgetTokenStacks } from "../../constructs/synth/token-stacks";

// Under jest, which maps every frame, they are half of a synth.
forgetTokenStacks();

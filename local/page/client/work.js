import { html, useState } from "./htm.js";

/**
 * The state of work that a person started.
 *
 * @returns {{ error: Error | undefined, run: (work: () => Promise<void>) => Promise<void> }}
 */
export function useWork() {
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  const run = async (/** @type {() => Promise<void>} */ work) => {
    setError(undefined);
    await work().catch(setError);
  };
  return { error, run };
}

/** @param {{ error: Error | undefined }} properties */
export const Refusal = ({ error }) => error && html`<p class="bad-text wrap" role="alert">${error.message}</p>`;

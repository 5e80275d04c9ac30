/** A promise that is waited for later, or never: its failure is heard of there, and ends no process until then. */
export function handledLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

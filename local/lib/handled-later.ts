/** A promise that is awaited later, or never: its rejection is handled there, and ends no process until then. */
export function handledLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

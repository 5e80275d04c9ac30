/** Keeps values that were made up once. */
export interface Secrets {
  /** The value kept by that name, made up when there is none yet. */
  of(name: string, length: number): string;
}

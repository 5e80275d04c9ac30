/** Index in a thread's own memory of the count of bytes that were taken of what it streams. */
const TAKEN = 3;

/** So much may be on its way to the client. */
const ON_ITS_WAY = 1024 * 1024;

/** Says that a piece was taken. */
export const pieceTaken = (state: Int32Array, bytes: number): void => void Atomics.add(state, TAKEN, bytes);

/** What a thread streams, beside what was taken of it. The counts go round. */
export class StreamedBytes {
  private sent = 0;

  constructor(private readonly state: Int32Array) {}

  /** Begins an answer: nothing of it is on its way, whatever a slow client has not taken of the one before. */
  begin(): void {
    this.sent = Atomics.load(this.state, TAKEN);
  }

  add(bytes: number): void {
    this.sent = (this.sent + bytes) | 0;
  }

  /** Whether more may be sent. */
  get haveRoom(): boolean {
    return ((this.sent - Atomics.load(this.state, TAKEN)) | 0) < ON_ITS_WAY;
  }
}

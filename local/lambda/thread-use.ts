import type { Worker } from "node:worker_threads";

/** Whether a thread works or waits, measured from time to time. */
export class ThreadUse {
  /** Whether it waited for most of the time between the last two measurements, and so used no core. */
  isWaiting = false;
  private last: ReturnType<Worker["performance"]["eventLoopUtilization"]>;

  constructor(private readonly worker: Worker) {
    this.last = worker.performance.eventLoopUtilization();
  }

  measure(): void {
    const { eventLoopUtilization } = this.worker.performance;
    const now = eventLoopUtilization();
    const { idle, active } = eventLoopUtilization(now, this.last);
    this.isWaiting = idle > active;
    this.last = now;
  }

  /** Begins anew: earlier use says nothing of later use. */
  restart(): void {
    this.last = this.worker.performance.eventLoopUtilization();
  }
}

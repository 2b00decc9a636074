import type { State } from "./seed.js";

/** Earlier states, so that reads can lag behind writes. The oldest counts as seen from the start. */
export class History {
  private versions: { at: number; state: State }[] = [];

  clear(): void {
    this.versions = [];
  }

  record(at: number, state: State): void {
    this.versions.push({ at, state });
  }

  /** The state at that time in milliseconds, `undefined` when nothing is recorded; older ones are forgotten. */
  asOf(time: number): State | undefined {
    const later = this.versions.findIndex(({ at }, i) => i > 0 && at > time);
    this.versions.splice(0, (later === -1 ? this.versions.length : later) - 1);
    return this.versions[0]?.state;
  }
}

import type { State } from "./seed.js";
import type { Store } from "./store.js";

/** An earlier state. */
interface Version {
  at: number;
  state: State;
  /** Built by the first read that sees it: reads change nothing, so that all may see the same one. */
  store?: Store;
}

/** Earlier states, so that reads can lag behind writes. The oldest counts as seen from the start. */
export class History {
  private versions: Version[] = [];

  clear(): void {
    this.versions = [];
  }

  record(at: number, state: State): void {
    this.versions.push({ at, state });
  }

  change(to: (state: State) => State): void {
    this.versions = this.versions.map(({ at, state }) => ({ at, state: to(state) }));
  }

  /** The version of that time in milliseconds, `undefined` when nothing is recorded; older ones are forgotten. */
  asOf(time: number): Version | undefined {
    const later = this.versions.findIndex(({ at }, i) => i > 0 && at > time);
    this.versions.splice(0, (later === -1 ? this.versions.length : later) - 1);
    return this.versions[0];
  }
}

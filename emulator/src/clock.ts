/** The emulator's time: the machine's, moved forward by requests to the control interface. */
export class Clock {
  offsetSeconds = 0;

  /** `source` answers milliseconds since 1970; a test passes a constant one to stop time. */
  constructor(private readonly source: () => number = Date.now) {}

  /** Milliseconds since 1970. */
  now(): number {
    return this.source() + this.offsetSeconds * 1000;
  }

  /** ISO 8601 in UTC, `seconds` from now. */
  iso(seconds = 0): string {
    return new Date(this.now() + seconds * 1000).toISOString();
  }
}

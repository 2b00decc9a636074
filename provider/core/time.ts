const form =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)? ?(?:(z|utc)|([+-]\d{2})(?::?(\d{2}))?)?$/i;

/**
 * The moment of an ISO 8601 time, in milliseconds since 1970; undefined where the text is none. A time without an offset is
 * UTC: by the clock of the machine it would be another moment on each. Digits beyond milliseconds are dropped.
 */
export function momentOf(text: string): number | undefined {
  const match = form.exec(text.trim());
  if (match === null) return undefined;
  const [, date, minutes, seconds = "00", fraction = "", utc, hours, rest = "00"] = match;
  const offset = utc === undefined && hours !== undefined ? `${hours}:${rest}` : "Z";
  const moment = Date.parse(`${date}T${minutes}:${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}${offset}`);
  return Number.isNaN(moment) ? undefined : moment;
}

/** A time in the one spelling that state and answers of functions have: UTC, milliseconds. What is no time stays as it is. */
export function canonicalTime(text: string): string {
  const moment = momentOf(text);
  return moment === undefined ? text : new Date(moment).toISOString();
}

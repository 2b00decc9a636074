const form =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)? ?(?:(z|utc)|([+-]\d{2})(?::?(\d{2}))?)?$/i;

/**
 * The moment of an ISO 8601 time, in milliseconds since 1970; undefined if the text is not a time. A time without an
 * offset is UTC: by local time it would be a different moment on each machine. Digits beyond milliseconds are dropped.
 */
export function momentOf(text: string): number | undefined {
  const match = form.exec(text.trim());
  if (match === null) return undefined;
  const [, date, minutes, seconds = "00", fraction = "", utc, hours, rest = "00"] = match;
  const offset = utc === undefined && hours !== undefined ? `${hours}:${rest}` : "Z";
  const moment = Date.parse(`${date}T${minutes}:${seconds}.${fraction.padEnd(3, "0").slice(0, 3)}${offset}`);
  return Number.isNaN(moment) ? undefined : moment;
}

/** A time in the spelling of the state and of results of functions: UTC, milliseconds. Any other text is unchanged. */
export function canonicalTime(text: string): string {
  const moment = momentOf(text);
  return moment === undefined ? text : new Date(moment).toISOString();
}

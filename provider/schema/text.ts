// oxlint-disable-next-line no-control-regex -- they are what is removed
const ansi = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;
/** Format characters: marks that turn the reading direction, joiners, zero-width and soft-hyphen tricks. */
const invisible = /[\p{Cf}\p{Cs}]/gu;

/** Hostile text on one line, without control, escape or direction characters. */
export function stripped(text: string): string {
  return text
    .replace(ansi, "")
    .replace(/[\t\r\n\u2028\u2029]+/g, " ")
    .replace(/\p{Cc}/gu, "")
    .replace(invisible, "");
}

/** At most `length` characters, runs of spaces as one. */
export function shortened(text: string, length: number): string {
  // A character takes one or two units: of a very long text no more is looked at than is needed.
  const start = text
    .replace(/ {2,}/g, " ")
    .trim()
    .slice(0, 2 * length + 2);
  const characters = [...start];
  return characters.length <= length ? characters.join("") : `${characters.slice(0, length - 1).join("")}…`;
}

/** Hostile text made fit for a message. */
export function printable(text: string, length = 80): string {
  return shortened(stripped(text), length);
}

/** The same, in quotes. */
export function quoted(text: string, length = 80): string {
  return `"${printable(text, length).replaceAll('"', "'")}"`;
}

/** Makes a text from the service fit to show: nothing secret, nothing that steers a terminal, one short line. */
export type Redactor = (text: string) => string;

/** Characters of a service's text that are shown at most. */
export const SHOWN_CHARACTERS = 300;

const REMOVED = "[removed]";
// oxlint-disable-next-line no-control-regex -- they are what is removed
const ANSI = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;
/** Format characters: marks that turn the reading direction, joiners, zero-width and soft-hyphen tricks. */
const INVISIBLE = /[\p{Cf}\p{Cs}]/gu;
const WORD = /[^\s"'`<>(){}[\],;|]+/g;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * A redactor that removes this key (also as it stands in a URL), anything shaped like an Avala key, every link, and
 * every long opaque word: an accept link or its token is enough to join an organization (T21).
 */
export function createRedactor(apiKey: string): Redactor {
  const spellings = [...new Set([apiKey, encodeURIComponent(apiKey)])].filter((spelling) => spelling !== "");
  return (text) => {
    const bare = strip(text);
    const keyless = spellings.reduce((rest, spelling) => rest.replaceAll(spelling, REMOVED), bare);
    return shorten(
      keyless.replace(WORD, (word) => (looksSecret(word) ? REMOVED : word)),
      SHOWN_CHARACTERS,
    );
  };
}

/** One line of at most `length` characters without control, escape or direction characters. */
export function printable(text: string, length: number): string {
  return shorten(strip(text), length);
}

// Invisible characters go before the key is looked for: they could stand inside its echo.
function strip(text: string): string {
  return text
    .replace(ANSI, "")
    .replace(/[\t\r\n\u2028\u2029]+/g, " ")
    .replace(/\p{Cc}/gu, "")
    .replace(INVISIBLE, "");
}

function shorten(text: string, length: number): string {
  const characters = [...text.replace(/ {2,}/g, " ").trim()];
  return characters.length <= length ? characters.join("") : `${characters.slice(0, length - 1).join("")}…`;
}

function looksSecret(word: string): boolean {
  if (word.includes("://") || /(?:^|\/)(?:invit|accept|join)[^/]*\//i.test(word)) return true;
  if (/avk_|avala_sk_|token=/i.test(word)) return true;
  return word.split(/[/?&=:.@]/).some(isOpaque);
}

function isOpaque(word: string): boolean {
  if (word.length < 20 || UUID.test(word) || !/\d/.test(word) || !/[a-z]/i.test(word)) return false;
  const slugLike = /[-_]/.test(word) && !(/[a-z]/.test(word) && /[A-Z]/.test(word));
  return word.length >= 32 || !slugLike;
}

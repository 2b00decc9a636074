import { shortened, stripped } from "../../core/text.js";

/** Makes a text from the service printable: without secrets and terminal control characters, in one short line. */
export type Redactor = (text: string) => string;

/** Highest number of characters of a service's text that are shown. */
export const SHOWN_CHARACTERS = 300;

const REMOVED = "[removed]";
const WORD = /[^\s"'`<>(){}[\],;|]+/g;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A text without these secrets, in plain or in URL encoding. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const spellings = new Set(secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]));
  return [...spellings]
    .filter((spelling) => spelling !== "")
    .reduce((rest, spelling) => rest.replaceAll(spelling, REMOVED), text);
}

/**
 * A redactor that removes these secrets, such as the key (also in URL encoding), anything in the format of an Avala
 * key, every link, and every long opaque word: an accept link or its token is enough to join an organization
 * (answers-hold-secrets).
 */
export function createRedactor(...secrets: string[]): Redactor {
  return (text) => {
    // Invisible characters are removed before the search for the key: they could be inside a repeated key.
    const keyless = withoutSecrets(stripped(text), secrets);
    return shortened(
      keyless.replace(WORD, (word) => (looksSecret(word) ? REMOVED : word)),
      SHOWN_CHARACTERS,
    );
  };
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

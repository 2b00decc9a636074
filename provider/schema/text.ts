/** Controls, line and paragraph separators, and the marks that reorder text: whatever could forge a line on a screen. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

/** Hostile text made fit for a message: one line, no controls, at most `limit` characters. */
export function printable(text: string, limit = 80): string {
  const clean = text.replace(unprintable, "\ufffd");
  const characters = Array.from(clean);
  return characters.length <= limit ? clean : `${characters.slice(0, limit - 1).join("")}…`;
}

/** The same, in quotes. */
export function quoted(text: string, limit = 80): string {
  return `"${printable(text, limit).replaceAll('"', "'")}"`;
}

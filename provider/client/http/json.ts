/** Highest number of values in one response: ten thousand rows of fifty fields; a page has a hundred rows. */
export const MOST_VALUES = 500_000;
/** Highest depth of arrays and objects; real responses have four levels. */
export const DEEPEST = 32;
/** Highest number of characters in one text; the longest real ones, descriptions, have a thousand. */
export const LONGEST_TEXT = 1024 * 1024;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * The reason why parsing this JSON could need more memory than any real response does; undefined if it could not.
 * `JSON.parse` needs a hundred bytes or more for each `{}`, so the size of the text alone is not a limit. One pass,
 * without recursion. Up to the position where a text stops being JSON, this function and the parser read the same;
 * there the parser stops.
 */
export function excess(text: string): string | undefined {
  let values = 1;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) {
      const end = endOfText(text, at);
      if (end - at > LONGEST_TEXT) return "it contains a text longer than any real one";
      at = end;
    } else if (character === COMMA) values++;
    else if (OPENING.has(character)) {
      values++;
      depth++;
    } else if (CLOSING.has(character)) depth--;
    if (values > MOST_VALUES) return `it contains more than ${MOST_VALUES} values`;
    if (depth > DEEPEST) return `it is nested deeper than ${DEEPEST} levels`;
  }
  return undefined;
}

/** The position of the closing quote of the text that begins here. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) return at;
    if (character === BACKSLASH) at++;
  }
  return text.length;
}

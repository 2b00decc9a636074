/** Values in one answer: ten thousand rows of fifty fields, where a page has a hundred rows. */
export const MOST_VALUES = 500_000;
/** Arrays and objects in one another; real answers have four. */
export const DEEPEST = 32;
/** Characters of one text; the longest real ones, descriptions, have a thousand. */
export const LONGEST_TEXT = 1024 * 1024;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * Why parsing this JSON could take more memory than any real answer needs; undefined where it cannot. `JSON.parse` makes a
 * hundred bytes and more of each `{}`, so that the size of a text alone bounds little. One pass, without recursion. Up to
 * the place where a text stops being JSON, this and the parser see the same; there the parser stops.
 */
export function excess(text: string): string | undefined {
  let values = 1;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) {
      const end = endOfText(text, at);
      if (end - at > LONGEST_TEXT) return "it holds a text longer than any real one";
      at = end;
    } else if (character === COMMA) values++;
    else if (OPENING.has(character)) {
      values++;
      depth++;
    } else if (CLOSING.has(character)) depth--;
    if (values > MOST_VALUES) return `it holds more than ${MOST_VALUES} values`;
    if (depth > DEEPEST) return `it is nested deeper than ${DEEPEST} levels`;
  }
  return undefined;
}

/** Where the text that begins here ends: at its closing quote. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charCodeAt(at);
    if (character === QUOTE) return at;
    if (character === BACKSLASH) at++;
  }
  return text.length;
}

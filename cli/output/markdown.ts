import { printable } from "../../provider/core/text.js";

/**
 * Text of others for Markdown on GitHub, where a name could be a mention, a reference, a link, an image or a cell's end.
 * In a code span none of that is looked for.
 */
export function code(text: string, length = 120): string {
  const shown = printable(text, length)
    // A table looks for cells before it looks for code.
    .replaceAll("\\|", "\\ |")
    .replaceAll("|", "\\|");
  if (shown === "") return "(empty)";
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const space = longest > 0 ? " " : "";
  return `${fence}${space}${shown}${space}${fence}`;
}

/** Commands in sentences of ours, with their options and the placeholders of their arguments. */
const commands =
  /((?:npx pulumi-avala [a-z-]+|pulumi (?:up|refresh|preview|destroy|import))(?: --?[\w-]+| <[a-z ]+>)*)/;
/** A name of others, in the quotes of `quoted`. */
const quotation = /("(?:[^"\\]|\\.)*")/;

/** A sentence of ours with names of others in it: whatever is no plain word stands in a code span. */
export function prose(text: string, length = 400): string {
  return eachSecond(printable(text, length), quotation, words, (name) => {
    const inner = name.slice(1, -1).replace(/\\(["\\])/g, "$1");
    return words(inner) === inner && !inner.includes('"') ? name : `"${code(inner)}"`;
  });
}

/** Sentences of ours alone, with commands: each is one code span. */
export function instructions(text: string): string {
  return eachSecond(text, commands, prosePart, code);
}

function words(text: string): string {
  return text.split(" ").map(word).join(" ");
}

/** `prose` leaves out spaces at the ends. */
function prosePart(text: string): string {
  const [, before, inner, after] = /^(\s*)(.*?)(\s*)$/s.exec(text)!;
  return `${before}${prose(inner!)}${after}`;
}

/** Parts of a text that match a pattern in one group, and those between them. */
function eachSecond(text: string, pattern: RegExp, other: (text: string) => string, match: (text: string) => string) {
  return text
    .split(pattern)
    .map((part, at) => (at % 2 === 0 ? other(part) : match(part)))
    .join("");
}

function word(text: string): string {
  if (text.includes("`")) return code(text);
  const [, before, inner, after] = /^([("']*)(.*?)([)"'.,;:…]*)$/u.exec(text)!;
  // Digits and letters a to f alone could be a commit.
  const isPlain = /^(?:\p{L}+(?:'\p{L}+)?|\d{1,4})?$/u.test(inner!) && !/^[0-9a-f]{7,}$/i.test(inner!);
  return isPlain ? text : `${before}${code(inner!)}${after}`;
}

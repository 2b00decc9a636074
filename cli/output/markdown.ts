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

/** A sentence of ours with names of others in it: whatever is no plain word stands in a code span. */
export function prose(text: string, length = 400): string {
  return printable(text, length).split(" ").map(word).join(" ");
}

function word(text: string): string {
  if (text.includes("`")) return code(text);
  const [, before, inner, after] = /^([("']*)(.*?)([)"'.,;:…]*)$/u.exec(text)!;
  // Digits and letters a to f alone could be a commit.
  const isPlain = /^(?:\p{L}+|\d{1,4})?$/u.test(inner!) && !/^[0-9a-f]{7,}$/i.test(inner!);
  return isPlain ? text : `${before}${code(inner!)}${after}`;
}

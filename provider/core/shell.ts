import { isWindows } from "./platform.js";

/** Words that need no quotes in a shell; with `=` only options, because others could be assignments. */
const plain = /^(?:--[\w-]+=)?[\w@:,./-]+$/;
/** Characters that must not be printed, including line ends. */
const unshown = /[\p{C}\p{Zl}\p{Zp}]/u;
/**
 * Characters that one of the shells of Windows (PowerShell, cmd, Git Bash) takes for something else between single
 * quotes: all kinds of quotes, operators of cmd, and what must not be printed.
 */
const ambiguous = /['‘’‚‛"“”„&|<>^%!\p{C}\p{Zl}\p{Zp}]/u;
/** Placeholder that is an error in every shell, so that the command does nothing. */
const placeholder = "<value>";

/**
 * One argument of a POSIX shell command, such as a message shows for copying: the shell reads exactly this text, and
 * executes nothing in it. Control and invisible characters are written as escapes, so that the command remains one line
 * on a screen. Line ends at the very end are the exception: a shell has no other spelling for them.
 *
 * On Windows it is not known which shell reads it: the text is between single quotes, as PowerShell and Git Bash read
 * them. A text that one of the shells could execute parts of is not shown at all.
 */
export function shellWord(text: string, platform?: NodeJS.Platform): string {
  if (plain.test(text)) return text;
  if (isWindows(platform)) return ambiguous.test(text) ? placeholder : `'${text}'`;
  let length = text.length;
  while (text[length - 1] === "\n") length--;
  const [body, ends] = [text.slice(0, length), text.slice(length)];
  const shown = unshown.test(body) ? `"$(printf ${singleQuoted(printfFormat(body))})"` : singleQuoted(body);
  return ends === "" ? shown : `${body === "" ? "" : shown}${singleQuoted(ends)}`;
}

function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The text as a format of printf: characters that must not be printed become the octal numbers of their bytes. */
function printfFormat(text: string): string {
  const characters = [...text];
  // A format that begins with a hyphen would be an option.
  const isSpelt = (character: string, at: number) => unshown.test(character) || (at === 0 && character === "-");
  return characters.map((one, at) => (isSpelt(one, at) ? octal(one) : escaped(one))).join("");
}

function escaped(character: string): string {
  if (character === "%") return "%%";
  return character === "\\" ? "\\\\" : character;
}

function octal(character: string): string {
  return [...new TextEncoder().encode(character)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}

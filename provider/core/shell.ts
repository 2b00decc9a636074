/** Words that need no quotes in a shell; with `=` only options, because others could be assignments. */
const plain = /^(?:--[\w-]+=)?[\w@:,./-]+$/;
/** Characters that must not be printed, including line ends. */
const unshown = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * One argument of a POSIX shell command, such as a message shows for copying: the shell reads exactly this text, and
 * executes nothing in it. Control and invisible characters are written as escapes, so that the command remains one line
 * on a screen. Line ends at the very end are the exception: a shell has no other spelling for them.
 */
export function shellWord(text: string): string {
  if (plain.test(text)) return text;
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

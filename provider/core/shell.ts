/** Words that a shell takes as they are; of those with `=`, options alone: others could be assignments. */
const plain = /^(?:--[\w-]+=)?[\w@:,./-]+$/;
/** What must not reach a screen as it is, line ends among it. */
const unshown = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * One argument of a line for a POSIX shell, such as a message may show for copying: the shell gets back exactly this text, and
 * nothing in it is carried out. Control and invisible characters are spelt out, for the line stays one line on a screen.
 * Line ends at the very end are the exception: a shell has no other spelling for them.
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

/** The text as a format of printf: whatever does not belong on a screen as the octal numbers of its bytes. */
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

// oxlint-disable-next-line no-control-regex -- they are what is removed
const ansi = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;

/**
 * Characters that draw nothing, or only change how others are drawn: controls, format characters (direction, joiners),
 * halves of characters, whatever Unicode lets a font ignore, noncharacters, and those that are drawn as empty space.
 */
const hiddenClass = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\p{NChar}\u2800\u{16FE4}\u{1D159}`;
/** Scripts whose letters a joiner shapes. */
const joinedClass = ["Arab", "Syrc", "Mong", "Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym"]
  .concat(["Sinh", "Khmr", "Mymr", "Tibt"])
  .map((script) => `\\p{scx=${script}}`)
  .join("");
/** Where hidden characters are honest: inside an emoji that Unicode recommends, and between letters that they shape. */
const honest = String.raw`\p{RGI_Emoji}|(?<=[${joinedClass}])[\u200C\u200D](?=[${joinedClass}])`;
// The flag v is newer than the language that the package is compiled to; every Node that it supports has it.
const hiddenOrHonest = new RegExp(`(?<honest>${honest})|[${hiddenClass}]`, "gv");
const hidden = new RegExp(`[${hiddenClass}]`, "v");
/** Most text needs no closer look. */
const plain = /^[ -~]*$/;

/** The first character of a text that cannot be seen, as `U+200B`, wherever it stands; undefined where there is none. */
export function hiddenCharacter(text: string): string | undefined {
  const code = hidden.exec(text)?.[0].codePointAt(0);
  return code === undefined ? undefined : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A text with each hidden character replaced, but for those in an emoji or between letters that they shape. */
export function replaceHidden(text: string, replace: (character: string) => string): string {
  if (plain.test(text)) return text;
  return text.replace(hiddenOrHonest, (found, ...rest) => {
    const { honest } = rest.at(-1) as { honest?: string };
    return honest ?? replace(found);
  });
}

/** Hostile text on one line, without control, escape or direction characters, or others that cannot be seen. */
export function stripped(text: string): string {
  if (plain.test(text)) return text;
  return replaceHidden(text.replace(ansi, "").replace(/[\t\r\n\u2028\u2029]+|[^\P{Zs} ]/gu, " "), () => "");
}

/** At most `length` characters, runs of spaces as one. */
export function shortened(text: string, length: number): string {
  // A character takes one or two units: of a very long text no more is looked at than is needed.
  const start = text
    .replace(/ {2,}/g, " ")
    .trim()
    .slice(0, 2 * length + 2);
  const characters = [...start];
  if (characters.length <= length) return characters.join("");
  // Of an emoji that is cut, what joined its parts would be left over.
  return `${stripped(characters.slice(0, length - 1).join(""))}…`;
}

/** Hostile text made fit for a message. */
export function printable(text: string, length = 80): string {
  return shortened(stripped(text), length);
}

/** The same, in quotes. */
export function quoted(text: string, length = 80): string {
  return `"${printable(text, length).replaceAll('"', "'")}"`;
}

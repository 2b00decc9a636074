// oxlint-disable-next-line no-control-regex -- they are what is removed
const ansi = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;

/**
 * Characters that are invisible, or only change how others are drawn: controls, format characters (direction, joiners),
 * halves of characters, characters that Unicode allows a font to ignore, noncharacters, and those that are drawn as
 * empty space.
 */
const hiddenClass = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\p{NChar}\u2800\u{16FE4}\u{1D159}`;
/** Scripts in which a joiner changes the shape of letters. */
const joinedClass = ["Arab", "Syrc", "Mong", "Deva", "Beng", "Guru", "Gujr", "Orya", "Taml", "Telu", "Knda", "Mlym"]
  .concat(["Sinh", "Khmr", "Mymr", "Tibt"])
  .map((script) => `\\p{scx=${script}}`)
  .join("");
/** Legitimate hidden characters: inside an emoji that Unicode recommends, and between letters that they shape. */
const honest = String.raw`\p{RGI_Emoji}|(?<=[${joinedClass}])[\u200C\u200D](?=[${joinedClass}])`;
let hiddenOrHonest: RegExp | undefined;
// The flag v is newer than the language level of the compiled package; every supported Node has it.
const hidden = new RegExp(`[${hiddenClass}]`, "v");
const hiddenCharacters = new RegExp(`[${hiddenClass}]`, "gv");
/** Most texts need no further check. */
const plain = /^[ -~]*$/;

/** The first invisible character of a text, such as `U+200B`, at any position; undefined if there is none. */
export function hiddenCharacter(text: string): string | undefined {
  const code = hidden.exec(text)?.[0].codePointAt(0);
  return code === undefined ? undefined : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A text in which each hidden character is replaced, except those in an emoji or between letters that they shape. */
export function replaceHidden(text: string, replace: (character: string) => string): string {
  if (plain.test(text)) return text;
  // It contains every emoji: to build it takes longer than to load this package, and most runs never need it.
  hiddenOrHonest ??= new RegExp(`(?<honest>${honest})|[${hiddenClass}]`, "gv");
  return text.replace(hiddenOrHonest, (found, ...rest) => {
    const { honest } = rest.at(-1) as { honest?: string };
    return honest ?? replace(found);
  });
}

/** Hostile text on one line, without control, escape, direction or other invisible characters. */
export function stripped(text: string): string {
  if (plain.test(text)) return text;
  return replaceHidden(text.replace(ansi, "").replace(/[\t\r\n\u2028\u2029]+|[^\P{Zs} ]/gu, " "), () => "");
}

/** At most `length` characters, runs of spaces as one. */
export function shortened(text: string, length: number): string {
  // A character has one or two units: of a very long text, only the necessary part is read.
  const start = text
    .replace(/ {2,}/g, " ")
    .trim()
    .slice(0, 2 * length + 2);
  const characters = [...start];
  if (characters.length <= length) return characters.join("");
  // If an emoji is cut, joiners of its parts would remain.
  return `${stripped(characters.slice(0, length - 1).join(""))}…`;
}

/** Hostile text in a form that messages may contain. */
export function printable(text: string, length = 80): string {
  return shortened(stripped(text), length);
}

/** The same, as a literal of JSON and TypeScript: a name in it is the name itself, and cannot end the quotes. */
export function quoted(text: string, length = 80): string {
  return inQuotes(printable(text, length));
}

/** A text that is printable already, as a literal. */
export function inQuotes(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** Hostile text as a sentence, whatever it ends with: another sentence may follow. */
export function sentence(text: string, length = 300): string {
  return printable(text, length)
    .replace(/[\s.,;:]*$/u, ".")
    .replace(/([!?…]["')]?)\.$/u, "$1");
}

/** Letters of other scripts, and digits, that look like Latin letters. */
const drawnLike: Readonly<Record<string, string>> = Object.fromEntries(
  [
    [
      "\u0410\u0412\u0421\u0415\u041d\u0406\u0408\u041a\u041c\u041e\u0420\u0405\u0422\u0425\u0423\u04ae",
      "ABCEHIJKMOPSTXYY",
    ],
    [
      "\u0430\u0432\u0441\u0435\u043d\u0456\u0458\u043a\u043c\u043e\u0440\u0455\u0442\u0445\u0443\u04af",
      "abcehijkmopstxyy",
    ],
    ["\u0501\u04bb\u051b\u051d\u04cf\u04c0\u0475\u0474\u0433\u051a\u051c\u050c", "dhqwllvvrqwg"],
    ["\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7", "ABEZHIKMNOPTYX"],
    ["\u03b1\u03b2\u03b5\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03b3\u03c9\u03f2", "abeniKvoptuxywc"],
    ["\u0131\u0237\u0251\u0261\u026a\u2010\u2011\u2012\u2013\u2014\u2212", "ijagi------"],
  ].flatMap(([from, to]) => [...from!].map((letter, at) => [letter, to![at]!])),
);

/**
 * Forms of a name for comparison with similar names: without invisible characters, in one case and width, and with
 * letters of other scripts replaced by the Latin ones that they look like. Names that share a form look alike.
 */
export function foldedForms(text: string): string[] {
  const shown = text.normalize("NFKC").replace(hiddenCharacters, "").replace(/\s+/gu, " ").trim();
  const drawn = Array.from(shown, (letter) => drawnLike[letter] ?? letter).join("");
  const folded = [shown, drawn].map((form) => form.toUpperCase().toLowerCase().normalize("NFC"));
  // After the change of case: capital I, small l and the digit 1, and O and zero.
  const likeDigits = drawn
    .replace(/[Il1|]/g, "l")
    .replace(/[oO0]/g, "o")
    .toLowerCase();
  return [...new Set([...folded, likeDigits])];
}

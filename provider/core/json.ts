const plainText = String.raw`[^"\\\p{Cc}]|[\u007F-\u009F]`;
const escaped = String.raw`\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})`;
/** A token: a text, a number or word, or a sign such as a bracket. */
const token = new RegExp(
  String.raw`[ \t\r\n]*(?:("(?:${plainText}|${escaped})*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][-+]?\d+)?(?![\w.])|(?:true|false|null)(?!\w))|([[\]{},:]))`,
  "yu",
);
const space = /[ \t\r\n]*/y;

type Expected = "value" | "value or end" | "key" | "key or end" | "colon" | "comma or end" | "end";

/** Where a text that `JSON.parse` refuses stops being JSON; undefined if no such place is found. */
export function jsonFaultIn(text: string): { offset: number; reason: string } | undefined {
  const open: string[] = [];
  let expected: Expected = "value";
  let at = 0;
  for (;;) {
    token.lastIndex = at;
    const [all, string, plain, sign] = token.exec(text) ?? [];
    const next: Expected | undefined =
      all === undefined ? undefined : following(expected, { string, plain, sign }, open);
    if (next === undefined) return faultFrom(text, at, expected);
    expected = next;
    at += all!.length;
  }
}

function following(
  expected: Expected,
  { string, plain, sign }: Record<"string" | "plain" | "sign", string | undefined>,
  open: string[],
): Expected | undefined {
  const after = (): Expected => (open.length === 0 ? "end" : "comma or end");
  const ends = (sign === "]" && open.at(-1) === "[") || (sign === "}" && open.at(-1) === "{");
  if (ends && expected.endsWith("or end")) {
    open.pop();
    return after();
  }
  if (expected === "colon") return sign === ":" ? "value" : undefined;
  if (expected === "comma or end") return sign === "," ? (open.at(-1) === "{" ? "key" : "value") : undefined;
  if (expected.startsWith("key")) return string === undefined ? undefined : "colon";
  if (!expected.startsWith("value")) return undefined;
  if (string !== undefined || plain !== undefined) return after();
  if (sign !== "[" && sign !== "{") return undefined;
  open.push(sign);
  return sign === "[" ? "value or end" : "key or end";
}

function faultFrom(text: string, at: number, expected: Expected): { offset: number; reason: string } | undefined {
  space.lastIndex = at;
  const offset = at + space.exec(text)![0].length;
  if (offset < text.length) return { offset, reason: `expected ${named[expected]}` };
  return expected === "end" ? undefined : { offset, reason: `expected ${named[expected]}, but the file ends` };
}

const named: Record<Expected, string> = {
  value: "a value",
  "value or end": "a value or ]",
  key: "a property name in double quotes",
  "key or end": "a property name in double quotes or }",
  colon: "a colon",
  "comma or end": "a comma, or the end of the list or object",
  end: "nothing more",
};

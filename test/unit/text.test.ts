import * as fc from "fast-check";
import { unmanagedNamed } from "../../provider/lifecycle/runtime/guards.js";
import { printable, quoted, sentence } from "../../provider/core/text.js";

describe("text of others, in a message", () => {
  it.each([
    ["a\nb", "a b"],
    ["\u001b[31mred", "red"],
    ["ab\u202ecd", "abcd"],
    ["zero\u200bwidth", "zerowidth"],
    ["line\u2028end", "line end"],
    ["Zoë 🦊 工場", "Zoë 🦊 工場"],
  ])("%j is shown as %j", (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it("is one short line without controls, for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const shown = printable(text, 20);
        expect(Array.from(shown).length).toBeLessThanOrEqual(20);
        expect(shown).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  it("is cut between characters, not within one", () => {
    expect(printable("🦊".repeat(10), 3)).toBe("🦊🦊…");
    expect(printable("abc", 3)).toBe("abc");
  });

  it.each(['a" b', "it's", "a\\", '\\" + x + "', "`${x}`", "$(id)", "-rf", "🚀", "Acme 'R&D' \"GmbH\"", "\\u0022"])(
    "bug: in quotes is the name itself, as a literal, and cannot end the quotes: %s",
    (name) => {
      expect(JSON.parse(quoted(name))).toBe(name);
      expect(quoted(name)).toMatch(/^"(?:[^"\\]|\\["\\])*"$/);
    },
  );

  it("is listed up to five, the rest counted, by any known name", () => {
    const people = ["a", "b", "c", "d", "e", "f", "g"].map((userUid) => ({ userUid }));
    expect(unmanagedNamed([{ userUid: "1", email: "ada\n@example.com", username: "ada" }])).toBe(
      "1 unmanaged person (ada @example.com)",
    );
    expect(unmanagedNamed([{ userUid: "1", username: "ada" }, { userUid: "2" }])).toContain("2 unmanaged people");
    expect(unmanagedNamed([{ userUid: "1", username: "ada" }, { userUid: "2" }])).toContain("(1, 2)");
    expect(unmanagedNamed(people)).toContain("(a, b, c, d, e and 2 more)");
  });
});

it.each([
  ["error: no stack selected; choose one", "error: no stack selected; choose one."],
  ["It ends.", "It ends."],
  ["It ends. \n", "It ends."],
  ["It ends:", "It ends."],
  ["one,", "one."],
  ["Really?", "Really?"],
  ["Stop!", "Stop!"],
  ['It says "Really?"', 'It says "Really?"'],
  ["cut off…", "cut off…"],
  ["two\nlines", "two lines."],
  ["\u001b[31mred\u001b[0m", "red."],
])("bug: %j is followed by another sentence", (text, expected) => {
  expect(sentence(text)).toBe(expected);
});

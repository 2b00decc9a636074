import * as fc from "fast-check";
import { matchesGlob } from "../../cli/drift/rules.js";
import { masked } from "../../cli/review/mask.js";
import type { Review } from "../../cli/review/report.js";
import { normalizeEmail } from "../../provider/core/address.js";

/*
 * security 17: texts of others are matched in linear time. The long
 * cases would not end within a test if it did; the short ones are compared with the obvious way.
 */

describe("patterns of rules", () => {
  const pattern = fc.string({ unit: fc.constantFrom("a", "b", "A", "*", ".", "\n", "é"), maxLength: 8 });
  const name = fc.string({ unit: fc.constantFrom("a", "b", "B", ".", "\n", "É"), maxLength: 10 });
  const obvious = (glob: string, text: string) => {
    const parts = glob.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`, "is").test(text);
  };

  it("match as a regular expression would", () => {
    fc.assert(
      fc.property(pattern, name, (glob, text) => {
        expect(matchesGlob(glob, text)).toBe(obvious(glob, text));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ["a*b", "ab", true],
    ["a*b", "a", false],
    ["ab*ba", "aba", false],
    ["*", "", true],
    ["**", "x", true],
    ["", "", true],
    ["", "x", false],
    ["*@EXAMPLE.com", "ada@example.COM", true],
    ["a.c", "abc", false],
    ["*a*b*c*", "xxaxxcxxb", false],
  ])("%j and %j", (glob, text, matches) => {
    expect(matchesGlob(glob, text)).toBe(matches);
  });

  it.each([
    ["five stars against 254 letters", "a*a*a*a*a*b", "a".repeat(254)],
    ["a thousand stars against 100,000 letters", `${"*a".repeat(1000)}*b`, "a".repeat(100_000)],
    ["a hundred thousand stars", `${"*".repeat(100_000)}b`, "a".repeat(100_000)],
  ])("of %s end", (_, glob, text) => {
    expect(matchesGlob(glob, text)).toBe(false);
  });
});

describe("masks", () => {
  const reviewOf = (emails: readonly string[], reason: string) =>
    ({ changes: emails.map((email) => ({ person: { email }, reason })), unchanged: [] }) as unknown as Review;
  const reasonOf = (emails: readonly string[], reason: string) =>
    (masked(reviewOf(emails, reason)).changes as unknown as { reason: string }[])[0]!.reason;

  /** Tries every part of a word. */
  function obvious(emails: readonly string[], text: string): string {
    const own = (email: string) => `${[...email][0]}***${email.slice(email.lastIndexOf("@"))}`;
    if (emails.includes(text)) return own(text);
    return text.replace(/[^\s@]+@[^\s@]+/gu, (word) => {
      const at = word.indexOf("@");
      for (let start = 0; start < at; start++)
        for (let end = word.length; end > at + 1; end--) {
          const email = normalizeEmail(word.slice(start, end));
          if (emails.includes(email)) return word.slice(0, start) + own(email) + word.slice(end);
        }
      return own(word);
    });
  }

  it("are found as by trying every part of each word", () => {
    // Their masks differ, so that none gets a mark.
    const emails = ["ab@x.y", "b@x", "cé@x.y.z", "\u03c3@\u03c3"];
    const unit = fc.constantFrom(..."abcéxyz.@ AΣσİ", "e\u0301", "@x.y", "b@x", "\n");
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 16 }), (text) => {
        expect(reasonOf(emails, text)).toBe(obvious(emails, text));
      }),
      { numRuns: 3000 },
    );
  });

  const ada = "ada@example.com";
  it.each([
    ["a word of 1,024 characters", "x".repeat(1024), "x".repeat(1024)],
    ["a word of a million characters without an address", "x".repeat(1_000_000), "x".repeat(1_000_000)],
    ["a million characters before an address", `${"x".repeat(1_000_000)}@example.org`, "x***@example.org"],
    [
      "a million characters after an address",
      `x@${"example.org".repeat(100_000)}`,
      `x***@${"example.org".repeat(100_000)}`,
    ],
    ["half a million signs", "@".repeat(500_000), "@".repeat(500_000)],
    ["half a million short addresses", "a@b@".repeat(250_000), "a***@b@".repeat(250_000)],
  ])("of %s are made", (_, reason, expected) => {
    expect(reasonOf([ada, `${"l".repeat(64)}@${"d".repeat(180)}.com`], reason) === expected).toBe(true);
  });

  it("hide the address of somebody at the end of a word of a million characters", () => {
    expect(reasonOf([ada], `${"x".repeat(1_000_000)}-${ada}-core`)).toMatch(/x-a\*\*\*@example\.com-core$/);
  });
});

import { createRedactor, SHOWN_CHARACTERS } from "../../provider/client/http/redact.js";
import { KEY, UID } from "./support.js";

const redact = createRedactor(KEY);

describe("redaction", () => {
  it.each([
    ["the key", `key ${KEY} is unknown`, "key [removed] is unknown"],
    ["the key inside a word", `x${KEY}y`, "x[removed]y"],
    ["the key with an escape inside", `avk_0123456789\u001b[1mabcdefSECRET`, "[removed]"],
    ["the key with a zero-width character inside", KEY.replace("abc", "a\u200bbc"), "[removed]"],
    ["another key", "avk_other and avala_sk_other", "[removed] and [removed]"],
    ["forty hexadecimal digits", "was 0123456789abcdef0123456789abcdef01234567", "was [removed]"],
    ["an accept link", `see https://app.example.com/invitations/abc/accept/.`, "see [removed]"],
    ["a link in brackets", "(https://x.example/i/1)", "([removed])"],
    ["a relative accept link", "open /organizations/invitations/abc/accept/ now", "open [removed] now"],
    ["an opaque token", "token Zm9vYmFyMTIzNDU2Nzg5MAabc used", "token [removed] used"],
    ["a lower-case token", "token q1w2e3r4t5z6u7i8o9p0 used", "token [removed] used"],
    ["a token parameter", "accept?token=abc", "[removed]"],
  ])("removes %s", (_, text, shown) => {
    expect(redact(text)).toBe(shown);
  });

  it.each([
    ["uids", `user ${UID} is unknown`],
    ["slugs", "acme-robotics-2024 is taken"],
    ["addresses", "ada@example.com has been invited"],
    ["prose", "Ensure this field has no more than 1024 characters."],
  ])("keeps %s", (_, text) => {
    expect(redact(text)).toBe(text);
  });

  it("removes a key that needs encoding in both spellings", () => {
    const other = createRedactor("k+/=1");
    expect(other("k+/=1 or k%2B%2F%3D1")).toBe("[removed] or [removed]");
  });

  it("leaves one short line without terminal controls", () => {
    const shown = redact(`a\u001b]8;;https://x\u0007b\nc\u202ed\u2066e\u0000f\u009bg ${"long ".repeat(200)}`);
    expect(shown).toMatch(/^ab cdefg long /);
    expect(shown).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect([...shown]).toHaveLength(SHOWN_CHARACTERS);
    expect(shown.endsWith("…")).toBe(true);
  });

  it("shortens only after removing, and never splits a character", () => {
    const text = `${"😀".repeat(SHOWN_CHARACTERS - 5)}${KEY}`;
    expect(redact(text)).not.toContain("avk");
    expect(redact("😀".repeat(400))).not.toMatch(/\p{Cs}/u);
  });

  it("handles a megabyte of any text", () => {
    for (const part of ["a", "/", "/invit", "\u001b[", "\u001b]", "1a", "https://", " "]) {
      expect([...redact(part.repeat(1_000_000 / part.length))].length).toBeLessThanOrEqual(SHOWN_CHARACTERS);
    }
  });
});

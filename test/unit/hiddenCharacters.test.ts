import { observedState } from "../../provider/lifecycle/state.js";
import { jsonText } from "../../cli/output/terminal.js";
import { addressFault } from "../../provider/core/address.js";
import { checkValue, resources } from "../../provider/schema/index.js";
import { foldedForms, hiddenCharacter, printable, quoted, stripped } from "../../provider/core/text.js";

/** Every code point that passes a test, including halves of characters. */
const all = (pattern: RegExp): string[] =>
  Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code)).filter((one) => pattern.test(one));

/** Characters that a font may ignore, format and control characters, halves of characters, and blank characters. */
const kinds = {
  "default ignorable": all(/\p{DI}/u),
  format: all(/\p{Cf}/u),
  control: all(/\p{Cc}/u),
  surrogate: all(/\p{Cs}/u),
  noncharacter: all(/\p{NChar}/u),
  "drawn as nothing": ["\u2800", "\u3164", "\uffa0", "\u115f", "\u1160", "\u{16fe4}", "\u{1d159}"],
};

it("there are as many as Unicode has", () => {
  expect(kinds["default ignorable"].length).toBeGreaterThan(4_100);
  expect(kinds["surrogate"]).toHaveLength(2048);
  expect(kinds["noncharacter"]).toHaveLength(66);
});

const isBlank = (character: string): boolean => /[\t\r\n]/.test(character);
const shownIn = (text: string): string => text.replace("Ad", "").replace("mins", "").trim();
/** The characters that a function keeps, as code points. */
const codes = (characters: readonly string[]): string[] =>
  characters.map((one) => one.codePointAt(0)!.toString(16)).slice(0, 10);

describe.each(Object.entries(kinds))("characters that cannot be seen (%s)", (_, characters) => {
  it("are found", () => {
    expect(codes(characters.filter((one) => hiddenCharacter(`Ad${one}mins`) === undefined))).toEqual([]);
  });

  it.each<[string, (text: string) => string]>([
    ["stripped", stripped],
    ["printable", (text) => printable(text)],
    ["quoted", (text) => quoted(text).slice(1, -1)],
  ])("are left out by %s", (_name, show) => {
    expect(codes(characters.filter((one) => shownIn(show(`Ad${one}mins`)) !== ""))).toEqual([]);
  });

  it("are escaped in JSON and in generated programs, where the value stays the same", () => {
    const escaped = characters.map((one) => [one, jsonText(`Ad${one}mins`)] as const);
    expect(codes(escaped.filter(([, text]) => !/^[ -~]*$/.test(text)).map(([one]) => one))).toEqual([]);
    expect(codes(escaped.filter(([one, text]) => JSON.parse(text) !== `Ad${one}mins`).map(([one]) => one))).toEqual([]);
  });

  it("are written out in records of the service's answers", () => {
    const recorded = (text: string) =>
      observedState(resources.team, { name: "Core", __v: 1 }, { name: text }, {}).props["name"] as string;
    // Line ends and tabs control nothing, and joiners shape words.
    const those = characters.filter((one) => !/[\t\n\u200c\u200d]/.test(one));
    expect(codes(those.filter((one) => !/^Ad\\u\{[0-9a-f]+\}mins$/.test(recorded(`Ad${one}mins`))))).toEqual([]);
  });

  it("are in no address, slug or reference", () => {
    const { organization, invitation, teamRoster } = resources;
    const taken = (name: string, schema: Parameters<typeof checkValue>[1], value: (one: string) => unknown) =>
      codes(characters.filter((one) => checkValue(name, schema, value(one)).failures.length === 0));
    const address = (one: string) => `ad${one}a@example.com`;
    const domain = (one: string) => `ada@exam${one}ple.com`;
    for (const make of [address, domain]) {
      expect(codes(characters.filter((one) => !/invisible characters/.test(addressFault(make(one)) ?? "")))).toEqual(
        [],
      );
      expect(taken("email", invitation.inputs.email, make)).toEqual([]);
      expect(taken("email", organization.inputs.email, make)).toEqual([]);
      expect(taken("members", teamRoster.inputs.members, (one) => ({ [make(one)]: "lead" }))).toEqual([]);
    }
    expect(taken("slug", organization.inputs.slug, (one) => `ac${one}me`)).toEqual([]);
    expect(taken("handle", organization.inputs.handle, (one) => `ac${one}me`)).toEqual([]);
    expect(taken("organization", invitation.inputs.organization, (one) => `ac${one}me`)).toEqual([]);
  });

  it("do not distinguish names", () => {
    const [form] = foldedForms("Admins");
    const those = characters.filter((one) => !isBlank(one) && !/[\p{Zl}\p{Zp}\u0085\v\f]/u.test(one));
    expect(codes(those.filter((one) => !foldedForms(`Ad${one}mins`).includes(form!)))).toEqual([]);
  });
});

describe("honest names", () => {
  it.each([
    ["a heart in colour", "\u2764\ufe0f Robotics"],
    ["a family", "\u{1f468}\u200d\u{1f469}\u200d\u{1f467} Family"],
    ["a keycap", "1\ufe0f\u20e3 First"],
    ["a rainbow flag", "\u{1f3f3}\ufe0f\u200d\u{1f308} Pride"],
    ["the flag of Wales", "\u{1f3f4}\u{e0067}\u{e0062}\u{e0077}\u{e006c}\u{e0073}\u{e007f} Cymru"],
    ["a scientist of a colour", "\u{1f469}\u{1f3fd}\u200d\u{1f52c} Labs"],
    ["Persian with a joiner", "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc"],
    ["Hindi with a joiner", "\u0915\u094d\u200d\u0937"],
    ["accents, other scripts and signs", "Zo\u00eb \u5de5\u5834 \u0416 \u03a9 \u2019 \u2013 \u20ac"],
  ])("are shown unchanged: %s", (_, name) => {
    expect([stripped(name), printable(name), quoted(name)]).toEqual([name, name, `"${name}"`]);
    expect(JSON.parse(jsonText(name))).toBe(name);
    for (const schema of [resources.team.inputs.name, resources.organization.inputs.name]) {
      expect(checkValue("name", schema, name)).toEqual({ data: name, failures: [] });
    }
  });

  it.each([
    ["an emoji's sign after a letter", "Admins\ufe0f", "Admins"],
    ["and after a digit", "Team 1\ufe0f", "Team 1"],
    ["a joiner between Latin letters", "Ad\u200dmins", "Admins"],
    ["a joiner at the end of an emoji", "\u2764\ufe0f\u200d x", "\u2764\ufe0f x"],
    ["tags without a flag", "Core\u{e0067}\u{e0062}\u{e007f}", "Core"],
    ["a space that is wider", "Core\u3000Team", "Core Team"],
  ])("lose invisible characters: %s", (_, name, shown) => {
    expect(printable(name)).toBe(shown);
  });

  it("are cut without leaving half of an emoji joined to nothing", () => {
    const family = "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}";
    expect(printable(`${family}${family}`, 8)).toBe(`${family}\u{1f468}…`);
  });
});

describe("names that look alike", () => {
  const alike = (one: string, other: string) => foldedForms(one).some((form) => foldedForms(other).includes(form));

  it.each([
    ["case", "Core", "CORE"],
    ["width", "Core", "\uff23\uff4f\uff52\uff45"],
    ["spaces", "Core Team", " Core \u00a0 Team"],
    ["ligatures", "Office", "O\ufb03ce"],
    ["decomposed letters", "Zo\u00eb", "Zoe\u0308"],
    ["sharp s", "Stra\u00dfe", "STRASSE"],
    ["Cyrillic capitals", "ACME", "\u0410\u0421\u041c\u0415"],
    ["one Cyrillic letter", "Admins", "\u0410dmins"],
    ["Cyrillic small letters", "scope", "\u0455\u0441\u043e\u0440\u0435"],
    ["Greek capitals", "BETA", "\u0392\u0395\u03a4\u0391"],
    ["one Greek letter", "Core", "C\u03bfre"],
    ["a variation selector", "Admins", "Admins\ufe0f"],
    ["a heart in colour", "\u2764\ufe0f", "\u2764"],
    ["a dotless i", "Admins", "Adm\u0131ns"],
    ["a capital i for a small l", "Al", "AI"],
    ["a digit for a letter", "Ops", "0ps"],
    ["a dash", "a-b", "a\u2010b"],
    ["a name in Greek in another case", "\u03bd\u03ad\u03b1", "\u039d\u0388\u0391"],
    ["a name in Cyrillic in another case", "\u043d\u043e\u0432\u0430\u044f", "\u041d\u041e\u0412\u0410\u042f"],
  ])("are found: %s", (_, one, other) => {
    expect(one).not.toBe(other);
    expect(alike(one, other)).toBe(true);
  });

  it.each([
    ["Core", "Cores"],
    ["Ops", "Oops"],
    ["Zo\u00eb", "Zoe"],
    ["Team 1", "Team 2"],
    ["a-b", "ab"],
    ["\u0416", "X"],
    ["\u5de5\u5834", "\u5de5"],
  ])("are not found in %j and %j", (one, other) => {
    expect(alike(one, other)).toBe(false);
  });
});

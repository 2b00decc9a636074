import * as fc from "fast-check";
import {
  canonicalUid,
  joinId,
  normalizeOrganization,
  normalizeTeamId,
  personOf,
  splitId,
} from "../../provider/core/identity.js";
import { normalizeEmail } from "../../provider/core/address.js";

const uid = "0123abcd-4567-489a-bcde-f0123456789a";

describe("a uid (spelling-may-change)", () => {
  it.each([uid, uid.toUpperCase(), uid.replaceAll("-", ""), `{${uid}}`, `urn:uuid:${uid}`, `  ${uid}\n`])(
    "has one spelling: %j",
    (text) => {
      expect(canonicalUid(text)).toBe(uid);
    },
  );

  it.each(["", "acme", `${uid}0`, uid.slice(1), `${uid}/${uid}`, "g".repeat(32), "org_123"])("is not %j", (text) => {
    expect(canonicalUid(text)).toBeUndefined();
  });
});

describe("an email address (spelling-may-change)", () => {
  it.each([
    [" Ada@Example.COM ", "ada@example.com"],
    ["jose\u0301@example.com", "jos\u00e9@example.com"],
    ["a.d.a+ops@example.com", "a.d.a+ops@example.com"],
  ])("%j is compared as %j", (text, normal) => {
    expect(normalizeEmail(text)).toBe(normal);
  });

  it("is in normal form once", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(normalizeEmail(normalizeEmail(text))).toBe(normalizeEmail(text));
      }),
    );
  });
});

describe("an organization", () => {
  it("is named by its uid in one spelling, or by its slug as it is", () => {
    expect(normalizeOrganization(uid.toUpperCase())).toBe(uid);
    expect(normalizeOrganization(" Acme_1 ")).toBe("Acme_1");
  });
});

describe("a team id", () => {
  it("has one spelling", () => {
    expect(normalizeTeamId(` ${uid.toUpperCase()}/{${uid}} `)).toBe(`${uid}/${uid}`);
  });

  it.each([uid, "acme/core", `${uid}/core`, `${uid}/${uid}/${uid}`, "", `/${uid}`])("is not %j", (text) => {
    expect(normalizeTeamId(text)).toBeUndefined();
  });
});

describe("an id", () => {
  it("is split at its first slashes: an address may hold more", () => {
    expect(splitId(`${uid}/${uid}/a/b@example.com`, 3)).toEqual([uid, uid, "a/b@example.com"]);
  });

  it("is parsed completely, for any last part", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (last) => {
        expect(splitId(joinId("a", "b", last), 3)).toEqual(["a", "b", last]);
      }),
    );
  });

  it.each(["", "a", "a/", "/a"])("is refused if a part is missing: %j", (id) => {
    expect(() => splitId(id, 2)).toThrow("2 parts");
  });

  it("shows whether its last part names a person by uid or by address", () => {
    expect(personOf(uid.toUpperCase())).toEqual({ userUid: uid });
    expect(personOf("Ada@example.com")).toEqual({ email: "ada@example.com" });
  });
});

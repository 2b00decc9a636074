import type { Seed } from "../../emulator/src/index.js";

/** Names of teams that a program must contain exactly, with the slugs that the service makes from them. */
const names: [name: string, slug: string][] = [
  ["Core", "core"],
  ["core", "core-2"],
  ["🚀🧪", "team"],
  [`"double" 'single' \`back\` \${process.env.HOME} \\`, "double-single-back-processenvhome"],
  ["*/ process.exit(1) /*", "processexit1"],
  ["first\nsecond\r\nthird\u2028fourth\u0085", "firstsecondthirdfourth"],
  ["\u202ertl \u200bzero\u2066", "rtl-zero"],
  ["a\u0000b\u001b[31mred", "ab31mred"],
  ["class", "class"],
  ["await", "await"],
  ["constructor", "constructor"],
  ["__proto__", "__proto__"],
  ["toString", "tostring"],
  ["2fast", "2fast"],
  ["yes", "yes"],
  ["1e3", "1e3"],
  ["null", "null"],
  ["~", "team-2"],
  ["#x", "x"],
  ["a: b", "a-b"],
  ["a_b", "a_b"],
  ["- x", "x-2"],
  ["people", "people"],
  ["Acme", "acme"],
  ["x".repeat(255), "x".repeat(255)],
  ["x".repeat(254), "x".repeat(254)],
];

const uid = (kind: number, number: number) =>
  `${String(kind).padStart(8, "0")}-0000-4000-8000-${String(number).padStart(12, "0")}`;
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);
const createdAt = "2026-01-05T10:00:00.000Z";

export const acmeUid = uid(9, 1);
export const teamUid = (number: number) => uid(2, number + 1);

/** Person 0 owns the organization and has the key; the others' addresses are written in several ways. */
export function email(number: number): string {
  if (number === 0) return "owner@example.com";
  if (number === 1) return "Upper.Case@Example.COM";
  if (number === 2) return "o'neil+tag@example.com";
  return `person${number}@example.com`;
}

export interface Size {
  people: number;
  teams: number;
  each: number;
}

/** An organization with hostile names wherever the service allows them, in the given size. */
export function seedWithHostileNames({ people, teams, each }: Size): Seed {
  const member = (number: number) => ({
    email: email(number),
    role: number === 0 ? ("owner" as const) : number % 7 === 1 ? ("admin" as const) : ("member" as const),
    createdAt,
  });
  const team = (number: number) => {
    const [name, slug] = names[number] ?? [`Team ${number}`, `team-number-${number}`];
    return {
      uid: teamUid(number),
      name,
      slug,
      description: number % 3 === 0 ? name : "",
      createdAt,
      members: upTo(each).map((place) => ({
        email: email((number * each + place) % people),
        role: place === 0 ? ("lead" as const) : ("member" as const),
        createdAt,
      })),
    };
  };
  return {
    people: upTo(people).map((number) => ({ uid: uid(1, number), email: email(number) })),
    keys: [{ key: "avk_local", email: email(0) }],
    organizations: [
      {
        uid: acmeUid,
        name: `Acme "Robotics" \u202e\${x} */`,
        slug: "acme",
        description: "one\n# two: `three`\n- four",
        website: "https://example.com/?a=b#c",
        phone: "+1 (2) # 3: 4",
        email: "Contact@Example.com",
        handle: "acme_1",
        createdAt,
        members: upTo(people).map(member),
        teams: upTo(teams).map(team),
        invitations: [
          { uid: uid(3, 1), email: "Zoe@Example.com", role: "admin", expiresAt: "2999-01-01T00:00:00.000Z", createdAt },
          { uid: uid(3, 2), email: "late@example.com", expiresAt: "2020-01-01T00:00:00.000Z", createdAt },
        ],
      },
    ],
  };
}

/** The number of hostile names: one team for each. */
export const hostileNameCount = names.length;

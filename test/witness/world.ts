import type { Seed } from "../../emulator/src/index.js";

/** The emulator's clock stands still, so that two runs from one start end in one state. */
export const NOW = Date.parse("2026-03-01T12:00:00Z");
const EARLIER = "2026-01-10T12:00:00.123Z";

export const ACME = "11111111-1111-4111-8111-111111111111";
export const CREW = "22222222-2222-4222-8222-222222222222";
export const PENDING = "33333333-3333-4333-8333-333333333333";
export const UIDS = {
  owner: "a0000000-0000-4000-8000-000000000001",
  ada: "a0000000-0000-4000-8000-000000000002",
  lee: "a0000000-0000-4000-8000-000000000003",
  mia: "a0000000-0000-4000-8000-000000000004",
  zoe: "a0000000-0000-4000-8000-000000000005",
  stranger: "a0000000-0000-4000-8000-000000000006",
};

/** Text that encodings, escapes and normal forms change: an accent as two characters, other planes, quotes, U+2028. */
export const TEXT = 'Zoë Zoe\u0308 "株式会社" \\ שלום 🤖👩🏽‍🚀 \u2028&<é>%2F+?#';

const email = (name: string) => `${name}@example.com`;
const key = (name: string) => `avk_${name}`;
export const keys = {
  owner: "avk_local",
  ada: key("ada"),
  lee: key("lee"),
  mia: key("mia"),
  stranger: key("stranger"),
  reading: key("reading"),
  writing: key("writing"),
  nothing: key("nothing"),
};

/** Acme: its owner, the admin ada, the members lee (lead of the team crew), mia (in no team) and zoe (in crew). */
export const world = (): Seed => ({
  people: Object.entries(UIDS).map(([name, uid]) => ({
    uid,
    email: email(name),
    username: name,
    fullName: `${name} ${TEXT}`,
    picture: `https://pictures.example.com/${name}.png`,
  })),
  keys: [
    ...(["ada", "lee", "mia", "stranger"] as const).map((name) => ({ key: keys[name], email: email(name) })),
    { key: keys.reading, email: email("owner"), scopes: ["organizations.read"] },
    { key: keys.writing, email: email("owner"), scopes: ["organizations.write"] },
    { key: keys.nothing, email: email("owner"), scopes: [] },
  ],
  organizations: [
    {
      uid: ACME,
      name: `Acme ${TEXT}`,
      slug: "acme",
      handle: "acme",
      description: TEXT,
      logo: "https://logos.example.com/acme.png",
      website: "https://acme.example.com",
      industry: "robotics",
      email: "office@acme.example.com",
      phone: "+1 555 0100",
      visibility: "public",
      plan: "enterprise",
      isVerified: true,
      datasetCount: 1,
      projectCount: 2,
      sliceCount: 3,
      allowedDomains: ["example.com", "bücher.example"],
      readme: TEXT,
      organizationType: "company",
      xUrl: "https://x.example.com/acme",
      huggingFaceUrl: "https://hf.example.com/acme",
      githubUrl: "https://git.example.com/acme",
      linkedinUrl: "https://in.example.com/acme",
      createdAt: EARLIER,
      updatedAt: EARLIER,
      members: [
        { email: email("owner"), role: "owner", createdAt: EARLIER },
        { email: email("ada"), role: "admin", createdAt: EARLIER },
        ...["lee", "mia", "zoe"].map((name) => ({ email: email(name), createdAt: EARLIER })),
      ],
      invitations: [{ uid: PENDING, email: "new@example.com", role: "admin", token: "token", createdAt: EARLIER }],
      teams: [
        {
          uid: CREW,
          name: `Crew ${TEXT}`,
          slug: "crew",
          description: TEXT,
          color: "#FF8800",
          createdAt: EARLIER,
          updatedAt: EARLIER,
          members: [
            { email: email("lee"), role: "lead", createdAt: EARLIER },
            { email: email("zoe"), createdAt: EARLIER },
          ],
        },
      ],
    },
  ],
});

/** Rows of each list of `crowd`: with the default page of 20 rows, six pages. */
export const MANY = 120;

/** The same organization with as many people, invitations, teams and people in a team, and as many organizations. */
export function crowd(): Seed {
  const { people = [], organizations: [acme] = [], ...rest } = world();
  const numbers = (from: number) => Array.from({ length: MANY - from }, (_, index) => `n${from + index}`);
  const { members, invitations = [], teams: [crew] = [] } = acme!;
  const others = numbers(members.length);
  const row = (name: string) => ({ email: email(name), createdAt: EARLIER });
  const owner = { email: email("owner"), role: "owner" as const };
  return {
    ...rest,
    people: [...people, ...others.map((name) => ({ email: email(name), fullName: `${name} ${TEXT}` }))],
    organizations: [
      {
        ...acme!,
        members: [...members, ...others.map(row)],
        invitations: [
          ...invitations,
          ...numbers(1).map((name) => ({ email: `new-${email(name)}`, createdAt: EARLIER })),
        ],
        teams: [
          { ...crew!, members: [...members.slice(0, 5).map(({ email }) => ({ email })), ...others.map(row)] },
          ...numbers(1).map((name) => ({ name: `${name} ${TEXT}` })),
        ],
      },
      ...numbers(1).map((name) => ({ name: `${name} ${TEXT}`, slug: name, members: [owner] })),
    ],
  };
}

import { randomUUID } from "node:crypto";
import { INVITATION_SECONDS, type Seed } from "../seed.js";
import { LOCAL_OWNER } from "../service.js";

type OrganizationSeed = NonNullable<Seed["organizations"]>[number];
type InvitationSeed = NonNullable<OrganizationSeed["invitations"]>[number];

/** Contents to start from. */
export interface Example {
  name: string;
  /** In the list of examples. */
  label: string;
  /** @param now milliseconds since 1970 */
  seed(now: number): Seed;
}

const FIRST_NAMES =
  "Ada Grace Linus Margaret Alan Katherine Edsger Barbara Donald Radia Dennis Frances Ken Hedy Tim Joan Vint Adele John Shafi".split(
    " ",
  );
const LAST_NAMES =
  "Lovelace Hopper Torvalds Hamilton Turing Johnson Dijkstra Liskov Knuth Perlman Ritchie Allen Thompson Lamarr Berners Clarke Cerf Goldberg McCarthy Goldwasser".split(
    " ",
  );

/** Different people: the last names move on by one for each round of first names. */
function people(count: number): { email: string; fullName: string }[] {
  return Array.from({ length: count }, (_, i) => {
    const first = FIRST_NAMES[i % FIRST_NAMES.length]!;
    const last = LAST_NAMES[(i + Math.floor(i / FIRST_NAMES.length)) % LAST_NAMES.length]!;
    return { email: `${first}.${last}@example.com`.toLowerCase(), fullName: `${first} ${last}` };
  });
}

const owner = { email: LOCAL_OWNER, fullName: "Olivia Owner" };
const DAY = 24 * 3600 * 1000;

/** Invitations with their emails: the first ones open, then one expired, one accepted by nobody of the list, one declined. */
function invited(now: number, addresses: readonly string[]) {
  const sent = now - 2 * DAY;
  const iso = (at: number) => new Date(at).toISOString();
  const rows = addresses.map((email, i): InvitationSeed & { uid: string } => ({
    uid: randomUUID(),
    email,
    role: i === 0 ? "admin" : "member",
    createdAt: iso(sent),
    expiresAt: iso(sent + INVITATION_SECONDS * 1000),
  }));
  const [late, declined] = rows.slice(-2);
  Object.assign(late!, {
    createdAt: iso(sent - 20 * DAY),
    expiresAt: iso(sent - 20 * DAY + INVITATION_SECONDS * 1000),
  });
  Object.assign(declined!, { status: "cancelled" });
  const emails = rows.map(({ uid, email, createdAt }) => ({
    to: email,
    kind: "invitation" as const,
    invitationUid: uid,
    at: createdAt!,
  }));
  return { invitations: rows, emails: emails.toSorted((a, b) => (a.at < b.at ? -1 : 1)) };
}

const TEAMS = [
  ["Perception", "#10B981"],
  ["Labeling", "#F59E0B"],
  ["Quality assurance", "#6366F1"],
  ["Data operations", "#EF4444"],
  ["Research", "#0EA5E9"],
  ["Customer success", "#8B5CF6"],
] as const;

/** Everybody but the last two is in a team, some in two; the last team has no lead. */
function robotics(now: number): Seed {
  const members = people(39);
  const { invitations, emails } = invited(
    now,
    ["omar", "pia", "quentin", "ruth", "sam", "tess", "uma"].map((name) => `${name}@partner.example.org`),
  );
  const teams = TEAMS.map(([name, color], t) => ({
    name,
    color,
    members: members
      .slice(0, -2)
      .filter((_, i) => i % TEAMS.length === t || (i % 4 === 0 && (i + 1) % TEAMS.length === t))
      .map(({ email }, i) => ({
        email,
        role: i === 0 && t < TEAMS.length - 1 ? ("lead" as const) : ("member" as const),
      })),
  }));
  return {
    people: [owner, ...members],
    organizations: [
      {
        name: "Acme Robotics",
        description: "Robots that sort, with people who label what they see",
        industry: "robotics",
        members: [
          { email: LOCAL_OWNER, role: "owner" },
          ...members.map(({ email }, i) => ({ email, role: i % 10 === 0 ? ("admin" as const) : ("member" as const) })),
        ],
        invitations,
        teams,
      },
    ],
    emails,
  };
}

/** Two customers of one agency: one person works for both, one signed up and belongs to none. */
function agency(now: number): Seed {
  const [shared, ...others] = people(7);
  const { invitations, emails } = invited(now, ["kim@example.com", "noor@example.com", "lena@example.com"]);
  const organization = (
    name: string,
    members: typeof others,
    rest: Partial<OrganizationSeed> = {},
  ): OrganizationSeed => ({
    name,
    members: [
      { email: LOCAL_OWNER, role: "owner" },
      { email: shared!.email, role: "admin" },
      ...members.map(({ email }) => ({ email })),
    ],
    teams: [
      { name: "Everybody", members: members.map(({ email }, i) => ({ email, role: i === 0 ? "lead" : "member" })) },
    ],
    ...rest,
  });
  return {
    people: [owner, shared!, ...others, { email: "zoe@example.com", fullName: "Zoe Example" }],
    organizations: [
      organization("Northwind Mapping", others.slice(0, 3), { invitations }),
      organization("Southridge Drones", others.slice(3)),
    ],
    emails,
  };
}

/** 300 people, 30 teams: each person is in three. */
function large(now: number): Seed {
  const members = people(299);
  const { invitations, emails } = invited(
    now,
    Array.from({ length: 8 }, (_, i) => `new.person.${i + 1}@partner.example.org`),
  );
  return {
    people: [owner, ...members],
    organizations: [
      {
        name: "Globex",
        members: [
          { email: LOCAL_OWNER, role: "owner" },
          ...members.map(({ email }, i) => ({ email, role: i % 25 === 0 ? ("admin" as const) : ("member" as const) })),
        ],
        invitations,
        teams: Array.from({ length: 30 }, (_, t) => ({
          name: `${["Perception", "Labeling", "Research", "Operations", "Quality"][t % 5]} ${["Berlin", "Boston", "Lima", "Nairobi", "Osaka", "Pune"][Math.floor(t / 5)]}`,
          color: TEAMS[t % TEAMS.length]![1],
          members: members
            .filter((_, i) => [i % 30, (i * 7 + 3) % 30, (i * 11 + 17) % 30].includes(t))
            .map(({ email }, i) => ({
              email,
              role: i === 0 && t % 10 !== 9 ? ("lead" as const) : ("member" as const),
            })),
        })),
      },
    ],
    emails,
  };
}

export const EXAMPLES: readonly Example[] = [
  { name: "robotics", label: "Acme Robotics: 40 people, 6 teams", seed: robotics },
  { name: "agency", label: "Two organizations that share people", seed: agency },
  { name: "large", label: "Globex: 300 people, 30 teams", seed: large },
  { name: "empty", label: "Empty: only owner@example.com", seed: () => ({}) },
];

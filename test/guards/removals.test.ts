import type { Seed } from "../../emulator/src/index.js";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import {
  idOf,
  Stack,
  organization,
  organizationMember,
  team,
  teamMembership,
  teamRoster,
  type Program,
} from "../support/stack.js";

/*
 * The circuit breaker, with its default of ten people for each organization or team and run. Each case is an organization of its own; all of them share the same two runs, at the same time, as resources of one program do.
 */

const limit = 10;
const uidOf = (kind: number, number: number): string =>
  `${String(kind).padStart(8, "0")}-0000-4000-8000-${String(number).padStart(12, "0")}`;

interface Crowd {
  organization: string;
  team: string;
  emails: string[];
}

interface Case {
  /** People in the organization and in its team, beside the owner. */
  people: number;
  before(crowd: Crowd): Program;
  after(crowd: Crowd): Program;
  /** The people who remain. */
  left: { members?: number; memberships?: number };
  /** If two processes announce the last one at the same time, neither continues: more may remain. */
  more?: boolean;
  refused?: RegExp;
  /** Objects that were deleted with their people. */
  gone?: "team" | "organization";
}

const memberships = ({ team: uid, emails }: Crowd, inputs: object = {}): Program =>
  Object.fromEntries(
    emails.map((email) => [`membership ${email}`, teamMembership({ team: uid, email, role: "member", ...inputs })]),
  );
const members = ({ organization: uid, emails }: Crowd, options: object = {}): Program =>
  Object.fromEntries(
    emails.map((email) => [`member ${email}`, organizationMember({ organization: uid, email }, options)]),
  );
const roster = ({ team: uid }: Crowd, emails: string[], inputs: object = {}): Program => ({
  [`roster ${uid}`]: teamRoster({
    team: uid,
    members: Object.fromEntries(emails.map((email) => [email, "member"])),
    ...inputs,
  }),
});
/** The team, and memberships that are kept when their resources are deleted before it. */
const keptPlaces = (crowd: Crowd, inputs: object = {}): Program => ({
  [crowd.team]: team({ organization: crowd.organization, name: "Core", adopt: crowd.team.split("/")[1], ...inputs }),
  ...memberships(crowd, { team: idOf(crowd.team), onDestroy: "retain" }),
});
/** The organization, and people of whom only a team membership is declared. */
const placedPeople = (crowd: Crowd): Program => ({
  [crowd.organization]: organization({ name: nameOf(crowd), adopt: crowd.organization, onDestroy: "delete" }),
  ...keptPlaces(crowd, { organization: idOf(crowd.organization), forceDestroy: true }),
});
const nameOf = ({ organization: uid }: Pick<Crowd, "organization">): string => `Org ${uid}`;
const firstOf = (crowd: Crowd, count: number): Crowd => ({ ...crowd, emails: crowd.emails.slice(0, count) });
const lastOf = (crowd: Crowd, count: number): Crowd => ({ ...crowd, emails: crowd.emails.slice(-count) });
const none = (): Program => ({});

/** The full error is reported once; the others have one short line each. */
const tooMany = (what: string, count: number) =>
  new RegExp(
    `would take ${count} or more people out of ${what} \\S+ and may take out 10; .*AVALA_MAX_REMOVALS|^Not removed from ${what} \\S+ the limit of removals is reached`,
  );

const cases: Record<string, Case> = {
  "members: as many as the limit go": { people: limit, before: members, after: none, left: { members: 0 } },
  "members: one more than the limit, all asked for at once, and all of them stay": {
    people: limit + 1,
    before: members,
    after: none,
    left: { members: limit + 1 },
    refused: tooMany("organization", limit + 1),
  },
  "an organization: another one's removals are not counted with it": {
    people: limit,
    before: members,
    after: none,
    left: { members: 0 },
  },
  "members and their team memberships are counted for each organization and team": {
    people: limit,
    before: (crowd) => ({ ...members(crowd), ...memberships(crowd) }),
    after: none,
    left: { members: 0, memberships: 0 },
  },
  "a roster: as many as the limit go": {
    people: limit + 1,
    before: (crowd) => roster(crowd, crowd.emails),
    after: (crowd) => roster(crowd, crowd.emails.slice(limit)),
    left: { memberships: 1 },
  },
  "a roster and the memberships that it replaces: a person is counted once": {
    people: limit + 1,
    before: (crowd) => memberships(firstOf(crowd, 4)),
    after: (crowd) => roster(crowd, crowd.emails.slice(limit), { unmanaged: "remove" }),
    left: { memberships: 1 },
  },
  "handovers are not counted: a roster instead of memberships, and ten removals": {
    people: 3 * limit,
    before: memberships,
    after: (crowd) => roster(crowd, crowd.emails.slice(limit)),
    left: { memberships: 2 * limit },
  },
  "handovers are not counted: other names, and ten removals": {
    people: 3 * limit,
    before: members,
    after: (crowd) =>
      Object.fromEntries(Object.entries(members(lastOf(crowd, 2 * limit))).map(([name, one]) => [`new ${name}`, one])),
    left: { members: 2 * limit },
  },
  "bug: two providers, each a host process of its own, are one run": {
    people: limit + 2,
    before: (crowd) => ({
      ...members(firstOf(crowd, 6)),
      ...members(lastOf(crowd, limit - 4), { provider: "tenant" }),
    }),
    after: none,
    left: { members: 2 },
    more: true,
    refused: tooMany("organization", limit + 2),
  },
  "two providers with as many as the limit": {
    people: limit,
    before: (crowd) => ({ ...members(firstOf(crowd, 4)), ...members(lastOf(crowd, 6), { provider: "tenant" }) }),
    after: none,
    left: { members: 0 },
  },
  "bug: a team without forceDestroy removes more people than the limit: retained team memberships": {
    people: limit + 1,
    before: keptPlaces,
    after: none,
    left: { memberships: limit + 1 },
    refused: tooMany("team", limit + 1),
  },
  "a team without forceDestroy takes along as many as the limit": {
    people: limit,
    before: keptPlaces,
    after: none,
    left: { members: limit },
    gone: "team",
  },
  "a team with forceDestroy removes everybody inside": {
    people: limit + 1,
    before: (crowd) => keptPlaces(crowd, { forceDestroy: true }),
    after: none,
    left: { members: limit + 1 },
    gone: "team",
  },
  "bug: an organization without forceDestroy removes more people than the limit: people with a declared team membership":
    {
      people: limit + 1,
      before: placedPeople,
      after: none,
      left: { members: limit + 1 },
      gone: "team",
      refused: tooMany("organization", limit + 1),
    },
  "an organization without forceDestroy takes along as many as the limit": {
    people: limit,
    before: placedPeople,
    after: none,
    left: {},
    gone: "organization",
  },
  "an organization with forceDestroy removes everybody inside": {
    people: limit + 1,
    before: (crowd) => ({
      [crowd.organization]: organization({
        name: nameOf(crowd),
        adopt: crowd.organization,
        onDestroy: "delete",
        forceDestroy: true,
      }),
    }),
    after: none,
    left: {},
    gone: "organization",
  },
};

const crowds = Object.entries(cases).map(([name, { people }], index): [string, Crowd] => {
  const [organizationUid, teamUid] = [uidOf(10, index), uidOf(20, index)];
  const emails = Array.from({ length: people }, (_, number) => `p${index}-${number}@example.com`);
  return [name, { organization: organizationUid, team: `${organizationUid}/${teamUid}`, emails }];
});

const seed: Seed = {
  people: [{ email: "owner@example.com" }, ...crowds.flatMap(([, { emails }]) => emails.map((email) => ({ email })))],
  organizations: crowds.map(([, { organization: uid, team: id, emails }]) => ({
    uid,
    name: nameOf({ organization: uid }),
    members: [{ email: "owner@example.com", role: "owner" as const }, ...emails.map((email) => ({ email }))],
    teams: [{ uid: id.split("/")[1]!, name: "Core", members: emails.map((email) => ({ email })) }],
  })),
};

const programOf = (of: "before" | "after"): Program =>
  Object.assign({}, ...crowds.map(([name, crowd]) => cases[name]![of](crowd))) as Program;

let emulator: TestEmulator;
let errors: string[];

beforeAll(async () => {
  emulator = await startEmulator({ seed });
  const stack = new Stack(emulator.environment());
  stack.onProcesses = true;
  stack.parallel = true;
  const { AVALA_API_KEY: key, AVALA_BASE_URL: url } = stack.environment;
  stack.providers["tenant"] = {
    "avala:explicit": "true",
    "avala:apiKey": key!,
    "avala:baseUrl": url!,
    "avala:allowInsecureBaseUrl": "true",
    "avala:requestsPerMinute": "100000",
    "avala:requestsPerSecond": "10000",
  };
  await stack.up(programOf("before"));
  const ended = await stack.up(programOf("after")).catch((error: Error) => error);
  errors = (ended instanceof AggregateError ? (ended.errors as Error[]) : []).map(({ message }) => message);
}, 120_000);
afterAll(() => emulator.close());

it.each(crowds)("%s", async (name, { organization: uid, team: id }) => {
  const { left, gone, refused, more } = cases[name]!;
  const found = (await emulator.state()).organizations.find((row) => row.uid === uid);
  const core = found?.teams.find((row) => id.endsWith(row.uid));
  expect({ organization: found !== undefined, team: core !== undefined }).toEqual({
    organization: gone !== "organization",
    team: gone === undefined,
  });
  const members = (found?.members.length ?? 0) - 1;
  const placed = core?.members.length;
  expect({ members: more ? Math.min(members, left.members!) : members, placed }).toEqual({
    members: left.members ?? members,
    placed: left.memberships ?? placed,
  });
  const said = errors.filter((message) => message.includes(uid));
  expect(said.length > 0).toBe(refused !== undefined);
  expect(said.filter((message) => !refused?.test(message))).toEqual([]);
});

import type { Seed } from "../../emulator/src/index.js";
import {
  idOf,
  organization,
  organizationMember,
  team,
  teamMembership,
  type Declaration,
  type Program,
} from "../support/stack.js";
import { s, useService, uids, type Measured } from "./support.js";

/** The size of an organization: everybody who is not invited is a member, and each team has the same number of people. */
interface Size {
  people: number;
  invited: number;
  teams: number;
  each: number;
}

const tiny: Size = { people: 6, invited: 0, teams: 3, each: 2 };
const small: Size = { people: 100, invited: 20, teams: 10, each: 10 };
const large: Size = { people: 1000, invited: 20, teams: 100, each: 50 };

const email = (number: number) => `person${number}@example.com`;
const newcomer = (number: number) => `newcomer${number}@example.com`;
const slug = (number: number) => `team-${number}`;
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);
/** The people of a team: each person is in about equally many, also person 0, who is the owner and the API key's user. */
const inside = ({ people, each }: Size, teamNumber: number) => upTo(each).map((n) => (teamNumber * each + n) % people);

/** The organization with everybody except those who will be invited. */
function inPlace(size: Size, settings: Seed["settings"] = {}): Seed {
  const members = upTo(size.people).map(
    (who) => ({ email: email(who), role: who === 0 ? "owner" : "member" }) as const,
  );
  const teams = upTo(size.teams).map((number) => ({
    name: slug(number),
    members: inside(size, number).map((who) => ({ email: email(who) })),
  }));
  return {
    settings,
    people: members.map((member) => ({ email: member.email })),
    keys: [{ key: "avk_local", email: email(0) }],
    organizations: [{ uid: uids.acme, name: "acme", members, teams }],
  };
}

const named = (entries: [string, Declaration][]): Program => Object.fromEntries(entries);
const person = (address: string, inputs: object = {}) =>
  organizationMember({ organization: idOf("acme"), email: address, ...inputs });
const membership = (teamNumber: number, who: number, inputs: object = {}) =>
  teamMembership({ team: idOf(slug(teamNumber)), email: email(who), role: "member", ...inputs });
const membershipName = (teamNumber: number, who: number) => `${slug(teamNumber)}/${email(who)}`;

const teamsOf = (size: Size, numbers = upTo(size.teams)): Program => ({
  ...named(numbers.map((n) => [slug(n), team({ organization: idOf("acme"), name: slug(n), adopt: slug(n) })])),
  ...named(
    numbers.flatMap((n) =>
      inside(size, n).map((who): [string, Declaration] => [membershipName(n, who), membership(n, who)]),
    ),
  ),
});

/** The whole program: existing objects are taken over. */
const everything = (size: Size): Program => ({
  acme: organization({ name: "acme", adopt: "acme" }),
  ...named(upTo(size.people - 1).map((n) => [email(n + 1), person(email(n + 1))])),
  ...named(upTo(size.invited).map((n) => [newcomer(n), person(newcomer(n))])),
  ...teamsOf(size),
});

const organizations = "GET /organizations/";
const acme = "/organizations/acme/";
const teams = `GET ${acme}teams/`;
const people = `GET ${acme}members/`;
const invitations = `GET ${acme}invitations/`;
const peopleOf = (teamNumber: number) => `GET ${acme}teams/${slug(teamNumber)}/members/`;

/** The number of times that each call was made. */
function counted(calls: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const call of calls) counts[call] = (counts[call] ?? 0) + 1;
  return counts;
}
const reads = ({ calls }: Measured) => counted(calls.filter((call) => call.startsWith("GET ")));

useService(() => inPlace(tiny));

/** Everything is created or taken over; steps run at the same time, as in the engine. */
async function settled(size: Size, settings?: Seed["settings"]): Promise<Measured> {
  await s.emulator.reset(inPlace(size, settings));
  s.stack.parallel = true;
  const first = await s.measured(() => s.stack.up(everything(size)));
  expect(first.error).toBeUndefined();
  return first;
}

describe.each([
  { title: "100 people in 10 teams of 10", size: small, page: 100, atMost: 16 },
  { title: "1,000 people in 100 teams of 50", size: large, page: 100, atMost: 115 },
  { title: "pages of 20", size: small, page: 20, atMost: Infinity, settings: { maxPageSize: 20 } },
  { title: "pages of 7", size: small, page: 7, atMost: Infinity, settings: { maxPageSize: 7 } },
  {
    title: "lists without pages",
    size: small,
    page: Infinity,
    atMost: Infinity,
    settings: { lists: "array" as const },
  },
])("$title", ({ size, page, atMost, settings }) => {
  const pages = (rows: number) => Math.max(1, Math.ceil(rows / page));
  const lists = {
    [organizations]: 1,
    [teams]: pages(size.teams),
    [people]: pages(size.people),
    ...Object.fromEntries(upTo(size.teams).map((number) => [peopleOf(number), pages(size.each)])),
  };

  it("costs each list once and a request for each missing object in the first up, and the formula in a refresh", async () => {
    const first = await settled(size, settings);
    expect(first.writes).toEqual(Array(size.invited).fill(`POST ${acme}invitations/`));
    expect(first.emails).toHaveLength(size.invited);
    // The list of invitations is empty before them.
    expect(reads(first)).toEqual({ ...lists, [`GET ${acme}`]: 1, [invitations]: 1 });

    const refresh = await s.measured(() => s.stack.refresh());
    expect(new Set(refresh.steps.map((step) => step.split(" ")[0]))).toEqual(new Set(["same"]));
    expect(counted(refresh.calls)).toEqual({ ...lists, [`GET ${acme}`]: 1, [invitations]: pages(size.invited) });
    expect(refresh.calls.length).toBeLessThanOrEqual(atMost);
  });
});

let settledOnce: { world: Seed; resources: string } | undefined;

/** The tiny one is settled. Made once: every test begins with this service and this state. */
async function settledTiny(): Promise<void> {
  if (!settledOnce) {
    await settled(tiny);
    settledOnce = { world: await s.emulator.state(), resources: JSON.stringify([...s.stack.resources]) };
    return;
  }
  await s.emulator.reset(settledOnce.world);
  s.stack.parallel = true;
  for (const [name, resource] of JSON.parse(settledOnce.resources)) s.stack.resources.set(name, resource);
}

describe("a stack in which everything is settled", () => {
  it("costs no request in preview and up", async () => {
    await settledTiny();
    for (const run of ["preview", "up"] as const) {
      const nothing = await s.measured(() => s.stack[run](everything(tiny)));
      expect(nothing).toMatchObject({ error: undefined, calls: [] });
      expect(new Set(nothing.steps.map((step) => step.split(" ")[0]))).toEqual(new Set(["same"]));
    }
  });
});

/** One changed declaration, and its cost: its write, and the lists that it needs, each once. */
interface Change {
  title: string;
  changed: Program;
  calls: string[];
}

const changes: Change[] = [
  {
    title: "another role in a team",
    changed: { [membershipName(1, 2)]: membership(1, 2, { role: "lead" }) },
    calls: [organizations, teams, peopleOf(1), `PATCH ${acme}teams/team-1/members/person2/role/`],
  },
  {
    title: "another role in the organization",
    changed: { [email(2)]: person(email(2), { role: "admin" }) },
    calls: [organizations, people, `PATCH ${acme}members/person2/role/`],
  },
  {
    title: "another team membership",
    changed: { [membershipName(1, 5)]: membership(1, 5) },
    calls: [organizations, teams, people, peopleOf(1), `POST ${acme}teams/team-1/members/`],
  },
  {
    title: "a newcomer",
    changed: { [newcomer(1)]: person(newcomer(1)) },
    calls: [organizations, people, invitations, `POST ${acme}invitations/`],
  },
  {
    title: "another colour of a team",
    changed: { [slug(1)]: team({ organization: idOf("acme"), name: slug(1), adopt: slug(1), color: "#123456" }) },
    calls: [organizations, teams, `PATCH ${acme}teams/team-1/`],
  },
  {
    title: "a new team with three people",
    changed: {
      fresh: team({ organization: idOf("acme"), name: "fresh" }),
      ...named(
        [1, 2, 3].map((n) => [`fresh${n}`, teamMembership({ team: idOf("fresh"), email: email(n), role: "member" })]),
      ),
    },
    // Its people are known without a request.
    calls: [organizations, teams, people, `POST ${acme}teams/`, ...Array(3).fill(`POST ${acme}teams/fresh/members/`)],
  },
  {
    title: "another description of the organization",
    changed: { acme: organization({ name: "acme", adopt: "acme", description: "New" }) },
    calls: [`GET ${acme}`, `PATCH ${acme}`],
  },
];

/** Uids of people, which the service gives, as names. */
async function withNames(calls: string[]): Promise<string[]> {
  const { people } = await s.emulator.state();
  const nameOf = new Map(people.map((row) => [row.uid, row.email.split("@")[0]!]));
  return calls.map((call) => call.replace(/(?<=members\/)[-\da-f]{36}/, (uid) => nameOf.get(uid) ?? uid)).toSorted();
}

describe("a change costs its writes and the lists that it needs, each once:", () => {
  it.each(changes)("$title", async ({ changed, calls }) => {
    await settledTiny();
    const made = await s.measured(() => s.stack.up({ ...everything(tiny), ...changed }));
    expect(made.error).toBeUndefined();
    expect(await withNames(made.calls)).toEqual(calls.toSorted());
  });

  it.each([
    [
      "a team membership",
      membershipName(1, 2),
      [organizations, teams, peopleOf(1), `DELETE ${acme}teams/team-1/members/person2/`],
    ],
    ["a person", email(2), [organizations, people, invitations, `DELETE ${acme}members/person2/`]],
  ])("%s that is removed", async (_, name, calls) => {
    await settledTiny();
    const { [name]: gone, ...rest } = everything(tiny);
    const made = await s.measured(() => s.stack.up(rest));
    expect(gone).toBeDefined();
    expect(made.error).toBeUndefined();
    expect(await withNames(made.calls)).toEqual(calls.toSorted());
  });
});

it("a new organization costs one list of its people, and no list of its teams", async () => {
  await s.emulator.reset({ people: [{ email: email(0) }], keys: [{ key: "avk_local", email: email(0) }] });
  s.stack.parallel = true;
  const made = await s.measured(() =>
    s.stack.up({
      acme: organization({ name: "acme" }),
      ...named(upTo(tiny.teams).map((n) => [slug(n), team({ organization: idOf("acme"), name: slug(n) })])),
      ...named(upTo(tiny.people).map((n) => [newcomer(n), person(newcomer(n))])),
      ...named(upTo(tiny.teams).map((n) => [membershipName(n, 0), membership(n, 0)])),
    }),
  );
  expect(made.error).toBeUndefined();
  expect(counted(made.calls)).toEqual({
    [organizations]: 1,
    "POST /organizations/": 1,
    [`POST ${acme}teams/`]: tiny.teams,
    [`POST ${acme}invitations/`]: tiny.people,
    [people]: 1,
    ...Object.fromEntries(upTo(tiny.teams).map((n) => [`POST ${acme}teams/${slug(n)}/members/`, 1])),
  });
});

it("a stack that declares one team reads no people of the others, nor does an up of one team", async () => {
  s.stack.parallel = true;
  const one = { acme: organization({ name: "acme", adopt: "acme" }), ...teamsOf(tiny, [1]) };
  await s.stack.up(one);
  const refresh = await s.measured(() => s.stack.refresh());
  expect(refresh.calls.toSorted()).toEqual([`GET ${acme}`, organizations, teams, peopleOf(1)].toSorted());
  const two = await s.measured(() => s.stack.up({ ...one, ...teamsOf(tiny, [2]) }));
  expect(reads(two)).toEqual({ [organizations]: 1, [teams]: 1, [people]: 1, [peopleOf(2)]: 1 });
});

it("a destroy costs one request for each object, and each list once", async () => {
  await settled({ ...tiny, invited: 2 });
  const destroy = await s.measured(() => s.stack.destroy());
  expect(destroy.error).toBeUndefined();
  expect(s.stack.resources.size).toBe(0);
  const edges = upTo(tiny.teams).flatMap((n) =>
    inside(tiny, n).map((who) => `DELETE ${acme}teams/${slug(n)}/members/person${who}/`),
  );
  const writes = [
    ...edges,
    ...upTo(tiny.teams).map((n) => `DELETE ${acme}teams/${slug(n)}/`),
    ...upTo(tiny.people - 1).map((n) => `DELETE ${acme}members/person${n + 1}/`),
  ];
  expect((await withNames(destroy.writes)).filter((call) => !call.includes("/cancel/"))).toEqual(writes.toSorted());
  expect(destroy.writes).toHaveLength(writes.length + 2);
  expect(reads(destroy)).toEqual(
    counted([organizations, teams, people, invitations, ...upTo(tiny.teams).map(peopleOf)]),
  );
});

import { ref, type Declared } from "../support/pulumi.js";
import type { Cell } from "./policyCells.js";

/** As policyCells.ts, of the policies that count over a stack. */
export const policiesOfStacks = ["max-admins", "min-admins", "required-admins", "team-has-lead", "team-size"];

export const configOfStackCells = {
  "min-admins": { minAdmins: 2 },
  "max-admins": { maxAdmins: 3 },
  "required-admins": { requiredAdmins: ["Boss@Example.com"] },
  "team-size": { most: 3 },
};

/** Declared before the cells: a resource whose outputs no preview knows, in an organization that violates nothing. */
export const stackScene: Declared[] = [
  { kind: "Organization", name: "scene", args: { name: "Scene" } },
  ...["boss", "ada"].map((who) => member("scene", ref("scene"), who, "admin")),
  { kind: "Team", name: "new", args: { organization: ref("scene"), name: "new" } },
  { kind: "TeamMembership", name: "new-lead", args: { team: ref("new"), email: "l@example.com", role: "lead" } },
];

const unknown = ref("new", "slug");
const secret = (value: unknown) => ({ $secret: value });

function member(cell: string, organization: unknown, who: string, role: unknown, email?: unknown): Declared {
  const args = { organization, email: email ?? `${who}@example.com`, ...(role === undefined ? {} : { role }) };
  return { kind: "OrganizationMember", name: `${cell}-${who}`, args };
}

type Roles = Record<string, unknown>;

interface Staff {
  members?: Roles;
  invited?: Roles;
}

function ofOrganization(organization: unknown, name: string, { members = {}, invited = {} }: Staff): Declared[] {
  return [
    ...Object.entries(members).map(([who, role]) => member(name, organization, who, role)),
    ...Object.entries(invited).map(([who, role]) => ({
      ...member(name, organization, who, role),
      kind: "Invitation" as const,
    })),
  ];
}

/** An organization with its people; `policies` are those that it violates. */
function organization(what: string, staff: Staff, ...policies: string[]): Cell {
  const name = what.replace(/\W+/g, "-");
  const resources: Declared[] = [
    { kind: "Organization", name, args: { name } },
    ...ofOrganization(ref(name), name, staff),
  ];
  return { name, resources, violates: policies.map((policy) => `${policy} ${name}`).toSorted() };
}

/** An organization that the stack does not manage: the first of its people by name stands for it. */
function namedOrganization(what: string, staff: Staff, ...policies: string[]): Cell {
  const name = what.replace(/\W+/g, "-");
  const resources = ofOrganization(name, name, staff);
  const [first] = resources.map((resource) => resource.name).toSorted();
  const violates = policies.map((policy) => `${policy} ${first}`).toSorted();
  // In a preview, the names of the other organizations of the stack are not known: it may be any of them.
  return { name, resources, violates, isAlone: true };
}

const two = { boss: "admin", ada: "admin" };
const three = { ...two, bob: "admin" };

const organizations: Cell[] = [
  organization("nobody", {}, "min-admins", "required-admins"),
  organization("one admin", { members: { boss: "admin" } }, "min-admins"),
  organization("two admins", { members: two }),
  organization("one and a member", { members: { boss: "admin", ada: "member" } }, "min-admins"),
  organization("one and a default", { members: { boss: "admin", ada: undefined } }, "min-admins"),
  organization("one and an invited admin", { members: { boss: "admin" }, invited: { ada: "admin" } }, "min-admins"),
  organization("one and a secret admin", { members: { boss: "admin", ada: secret("admin") } }),
  organization("one and a secret member", { members: { boss: "admin", ada: secret("member") } }, "min-admins"),
  organization("one and an unknown role", { members: { boss: "admin", ada: unknown } }, "min-admins"),
  organization("three admins", { members: three }),
  organization("four admins", { members: { ...three, cleo: "admin" } }, "max-admins"),
  organization("four with a secret role", { members: { ...three, cleo: secret("admin") } }, "max-admins"),
  organization("four with an unknown role", { members: { ...three, cleo: unknown } }, "max-admins"),
  organization("four with an invited admin", { members: three, invited: { cleo: "admin" } }, "max-admins"),
  organization("four with an unknown invited", { members: three, invited: { cleo: unknown } }, "max-admins"),
  organization("three and a member", { members: { ...three, cleo: "member" } }),
  organization("three and a secret member", { members: { ...three, cleo: secret("member") } }),
  organization("three and an invited member", { members: three, invited: { cleo: "member", dan: undefined } }),
  organization("without boss", { members: { ada: "admin", bob: "admin" } }, "required-admins"),
  organization("boss as member", { members: { ...three, boss: "member" } }, "required-admins"),
  organization("boss of unknown role", { members: { ...three, boss: unknown } }, "required-admins"),
  organization("boss of secret role", { members: { ...two, boss: secret("admin") } }),
  organization(
    "boss invited",
    { members: { ada: "admin", bob: "admin" }, invited: { boss: "admin" } },
    "required-admins",
  ),
  {
    name: "capitals",
    resources: [
      { kind: "Organization", name: "capitals", args: { name: "capitals" } },
      member("capitals", ref("capitals"), "boss", "admin", "BOSS@EXAMPLE.COM"),
      member("capitals", ref("capitals"), "ada", "admin"),
    ],
    violates: [],
  },
  {
    name: "secret boss",
    resources: [
      { kind: "Organization", name: "secret-boss", args: { name: "secret-boss" } },
      member("secret-boss", ref("secret-boss"), "boss", "admin", secret("boss@example.com")),
      member("secret-boss", ref("secret-boss"), "ada", "admin"),
    ],
    violates: [],
  },
  {
    name: "unknown email",
    resources: [
      { kind: "Organization", name: "unknown-email", args: { name: "unknown-email" } },
      member("unknown-email", ref("unknown-email"), "boss", "admin"),
      member("unknown-email", ref("unknown-email"), "somebody", "admin", unknown),
    ],
    violates: ["min-admins unknown-email"],
  },
  {
    name: "two outputs",
    resources: [
      { kind: "Organization", name: "outputs", args: { name: "outputs" } },
      member("outputs", ref("outputs", "uid"), "boss", "admin"),
      member("outputs", ref("outputs", "slug"), "ada", "admin"),
    ],
    violates: [],
  },
  {
    name: "people",
    resources: [
      { kind: "Organization", name: "people", args: { name: "people" } },
      {
        kind: "People",
        name: "staff",
        args: { organization: ref("people"), people: Object.keys(two).map((who) => admin(who)) },
      },
    ],
    violates: [],
  },
  namedOrganization("named", { members: two }),
  namedOrganization("named-one", { members: { boss: "admin" } }, "min-admins"),
  namedOrganization("named-invited", { invited: { boss: "admin" } }, "min-admins", "required-admins"),
  namedOrganization("named-four", { members: { ...three, cleo: "admin" } }, "max-admins"),
];

function admin(who: string) {
  return { email: `${who}@example.com`, role: "admin" };
}

/** A team with its people; the organization violates nothing. */
function team(what: string, people: Roles | Declared["args"], kind: "each" | "roster", ...policies: string[]): Cell {
  const name = what.replace(/\W+/g, "-");
  const members: Declared[] =
    kind === "roster"
      ? [{ kind: "TeamRoster", name: `${name}-roster`, args: { team: ref(name), members: people } }]
      : Object.entries(people ?? {}).map(([who, role]) => ({
          kind: "TeamMembership",
          name: `${name}-${who}`,
          args: { team: ref(name), email: `${who}@example.com`, ...(role === undefined ? {} : { role }) },
        }));
  const resources: Declared[] = [{ kind: "Team", name, args: { organization: ref("scene"), name } }, ...members];
  return { name, resources, violates: policies.map((policy) => `${policy} ${name}`).toSorted() };
}

const roster = { "a@example.com": "lead", "b@example.com": "member", "c@example.com": "member" };
const fourth = { "d@example.com": "member" };

const teams: Cell[] = [
  team("empty team", {}, "each", "team-has-lead"),
  team("lead", { a: "lead" }, "each"),
  team("secret lead", { a: secret("lead") }, "each"),
  team("members", { a: "member", b: undefined }, "each", "team-has-lead"),
  team("secret members", { a: secret("member") }, "each", "team-has-lead"),
  team("unknown lead", { a: unknown }, "each", "team-has-lead"),
  team("three people", { a: "lead", b: "member", c: unknown }, "each"),
  team("four people", { a: "lead", b: "member", c: "member", d: "member" }, "each", "team-size"),
  team("four with unknown", { a: "lead", b: "member", c: "member", d: unknown }, "each", "team-size"),
  team("empty roster", {}, "roster", "team-has-lead"),
  team("roster", roster, "roster"),
  team("secret roster", secret(roster), "roster"),
  team("roster of members", fourth, "roster", "team-has-lead"),
  team("secret roster of members", secret(fourth), "roster", "team-has-lead"),
  team("large roster", { ...roster, ...fourth }, "roster", "team-size"),
  team("large secret roster", secret({ ...roster, ...fourth }), "roster", "team-size"),
  team("unknown roster", unknown, "roster", "team-has-lead", "team-size"),
  team("roster of unknown role", { "a@example.com": unknown }, "roster", "team-has-lead", "team-size"),
];

export const stackCells: Cell[] = [...organizations, ...teams];

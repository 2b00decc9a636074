import type { Seed } from "../../../emulator/src/index.js";
import type { TestEmulator } from "../../support/emulator.js";
import {
  idOf,
  invitation,
  organization,
  organizationMember,
  team,
  teamMembership,
  teamRoster,
  type Program,
} from "../../support/stack.js";

type OrganizationSeed = NonNullable<Seed["organizations"]>[number];

/** Names, addresses and uids of one case: all of them contain its token, and are unique. */
export class CaseNames {
  /** @param token eight hexadecimal digits */
  constructor(readonly token: string) {}

  /** The organization that exists before the program: Acme. */
  get acme(): string {
    return this.uid("ace");
  }

  /** The id of its team Core. */
  get core(): string {
    return `${this.acme}/${this.uid("c0")}`;
  }

  get uids() {
    return { ada: this.uid("ada"), bob: this.uid("b0b"), lee: this.uid("1ee"), mia: this.uid("31a") };
  }

  uid(four: string): string {
    return `${this.token}-${four.padStart(4, "0")}-4000-8000-000000000000`;
  }

  name(name: string): string {
    return `${name} ${this.token}`;
  }

  person(name: string): string {
    return `${name}.${this.token}@example.com`;
  }

  people() {
    return Object.entries(this.uids).map(([name, uid]) => ({ uid, email: this.person(name) }));
  }

  /** The owner, ada as admin, bob, lee and mia as members; lee leads Core, and bob is in it. */
  organization(): OrganizationSeed {
    return {
      uid: this.acme,
      name: this.name("Acme"),
      slug: `acme-${this.token}`,
      handle: `acme_${this.token}`,
      description: "before",
      members: [
        { email: "owner@example.com", role: "owner" },
        { email: this.person("ada"), role: "admin" },
        ...["bob", "lee", "mia"].map((name) => ({ email: this.person(name) })),
      ],
      teams: [
        {
          uid: this.uid("c0"),
          name: "Core",
          slug: "core",
          members: [{ email: this.person("lee"), role: "lead" }, { email: this.person("bob") }],
        },
      ],
    };
  }
}

/** One thing that a resource does, as a program before and after it. */
export interface Operation {
  name: string;
  /** The organization that exists before; default Acme, false for none. */
  start?: false;
  /** Declared and created before. */
  before?: (at: CaseNames) => Program;
  /** Actions of others in between. */
  between?: (emulator: TestEmulator, at: CaseNames) => Promise<unknown>;
  /** A refresh runs before the operation. */
  refreshed?: true;
  /** Declared then; missing resources are deleted. */
  after?: (at: CaseNames) => Program;
  /** Default `up`. */
  command?: "refresh" | "destroy";
  /** Organizations or teams that are created: a lost answer may end in a refusal with the adopt line. */
  adoptable?: string[];
}

const acmeTaken = (at: CaseNames, inputs: object = {}) =>
  organization({ name: at.name("Acme"), adopt: at.acme, ...inputs });
const coreTaken = (at: CaseNames, inputs: object = {}) =>
  team({ organization: at.acme, name: "Core", adopt: at.uid("c0"), ...inputs });
const member = (at: CaseNames, name: string, inputs: object = {}) =>
  organizationMember({ organization: at.acme, email: at.person(name), ...inputs });
const invited = (at: CaseNames, name: string, inputs: object = {}) =>
  invitation({ organization: at.acme, email: at.person(name), ...inputs });
const membership = (at: CaseNames, name: string, inputs: object = {}) =>
  teamMembership({ team: at.core, email: at.person(name), role: "member", ...inputs });
const roster = (at: CaseNames, members: Record<string, string>, inputs: object = {}) =>
  teamRoster({
    team: at.core,
    members: Object.fromEntries(Object.entries(members).map(([name, role]) => [at.person(name), role])),
    ...inputs,
  });
const only =
  (declare: (at: CaseNames) => Program[string]) =>
  (at: CaseNames): Program => ({ it: declare(at) });
const path = (at: CaseNames, rest = "") => `/organizations/acme-${at.token}/${rest}`;

const organizations: Operation[] = [
  {
    name: "Organization: create",
    start: false,
    after: only((at) => organization({ name: at.name("Beta"), description: "new", website: "https://example.com" })),
    adoptable: ["it"],
  },
  {
    name: "Organization: create, with what creation does not take",
    start: false,
    after: only((at) =>
      organization({ name: at.name("Beta"), slug: `gamma-${at.token}`, handle: `gamma_${at.token}` }),
    ),
    adoptable: ["it"],
  },
  { name: "Organization: adopt", after: only((at) => acmeTaken(at)) },
  { name: "Organization: adopt, and change", after: only((at) => acmeTaken(at, { description: "after", phone: "1" })) },
  {
    name: "Organization: rename",
    before: only((at) => acmeTaken(at)),
    after: only((at) => acmeTaken(at, { name: at.name("Acme Robotics") })),
  },
  {
    name: "Organization: another slug",
    before: only((at) => acmeTaken(at)),
    after: only((at) => acmeTaken(at, { slug: `moved-${at.token}` })),
  },
  {
    name: "Organization: handle and website",
    before: only((at) => acmeTaken(at)),
    after: only((at) => acmeTaken(at, { handle: `new_${at.token}`, website: "https://example.com/new" })),
  },
  {
    name: "Organization: fields that go",
    before: only((at) => acmeTaken(at, { description: "here", handle: `acme_${at.token}` })),
    after: only((at) => acmeTaken(at)),
  },
  {
    name: "Organization: refresh after a change by somebody else",
    before: only((at) => acmeTaken(at, { description: "declared" })),
    between: (emulator, at) => emulator.api("PATCH", path(at), { description: "drift", slug: `drift-${at.token}` }),
    command: "refresh",
  },
  {
    name: "Organization: destroy",
    start: false,
    before: only((at) => organization({ name: at.name("Beta") })),
    command: "destroy",
  },
];

const teams: Operation[] = [
  {
    name: "Team: create",
    after: only((at) => team({ organization: at.acme, name: "Blue", color: "#0000ff", description: "new" })),
    adoptable: ["it"],
  },
  { name: "Team: adopt, and change", after: only((at) => coreTaken(at, { description: "after" })) },
  {
    name: "Team: rename",
    before: only((at) => coreTaken(at)),
    after: only((at) => coreTaken(at, { name: "Kernel", color: "#00aa00" })),
  },
  {
    name: "Team: a field that goes",
    before: only((at) => coreTaken(at, { description: "here" })),
    after: only((at) => coreTaken(at)),
  },
  {
    name: "Team: refresh after a change by somebody else",
    before: only((at) => coreTaken(at, { description: "declared" })),
    between: (emulator, at) => emulator.api("PATCH", path(at, "teams/core/"), { description: "drift" }),
    command: "refresh",
  },
  {
    name: "Team: made again after somebody else has deleted it",
    before: only((at) => team({ organization: at.acme, name: "Blue" })),
    between: (emulator, at) => emulator.api("DELETE", path(at, "teams/blue/")),
    refreshed: true,
    after: only((at) => team({ organization: at.acme, name: "Blue" })),
    adoptable: ["it"],
  },
  {
    name: "Team: moved under another name, with adopt",
    before: only((at) => coreTaken(at)),
    after: (at) => ({ other: coreTaken(at) }),
  },
  { name: "Team: destroy", before: only((at) => team({ organization: at.acme, name: "Blue" })), command: "destroy" },
  {
    name: "Team: destroy with the people in it",
    before: only((at) => coreTaken(at, { forceDestroy: true })),
    command: "destroy",
  },
];

const members: Operation[] = [
  { name: "OrganizationMember: invite", after: only((at) => member(at, "zoe")) },
  {
    name: "OrganizationMember: take over a member, with another role",
    after: only((at) => member(at, "mia", { role: "admin" })),
  },
  {
    name: "OrganizationMember: another role",
    before: only((at) => member(at, "mia", { role: "admin" })),
    after: only((at) => member(at, "mia", { role: "member" })),
  },
  {
    name: "OrganizationMember: another role while invited",
    before: only((at) => member(at, "zoe")),
    after: only((at) => member(at, "zoe", { role: "admin" })),
  },
  {
    name: "OrganizationMember: resend",
    before: only((at) => member(at, "zoe")),
    after: only((at) => member(at, "zoe", { resend: "again" })),
  },
  {
    name: "OrganizationMember: acceptance is recorded",
    before: only((at) => member(at, "zoe")),
    between: (emulator, at) => emulator.accept(at.person("zoe")),
    after: only((at) => member(at, "zoe")),
  },
  {
    name: "OrganizationMember: accepted, and another role",
    before: only((at) => member(at, "zoe")),
    between: (emulator, at) => emulator.accept(at.person("zoe")),
    after: only((at) => member(at, "zoe", { role: "admin" })),
  },
  {
    name: "OrganizationMember: invited again by itself after its invitation expired",
    before: only((at) => member(at, "zoe", { onExpiry: "resend" })),
    between: (emulator, at) => emulator.expire(at.person("zoe")),
    after: only((at) => member(at, "zoe", { onExpiry: "resend" })),
  },
  {
    name: "OrganizationMember: resend after a refusal",
    before: only((at) => member(at, "zoe")),
    between: (emulator, at) => emulator.decline(at.person("zoe")),
    refreshed: true,
    after: only((at) => member(at, "zoe", { resend: "again" })),
  },
  {
    name: "OrganizationMember: refresh after the acceptance",
    before: only((at) => member(at, "zoe")),
    between: (emulator, at) => emulator.accept(at.person("zoe")),
    command: "refresh",
  },
  {
    name: "OrganizationMember: another spelling",
    before: only((at) => member(at, "mia")),
    after: only((at) => organizationMember({ organization: at.acme, user: at.uids.mia })),
  },
  {
    name: "OrganizationMember: another logical name",
    before: only((at) => member(at, "mia")),
    after: (at) => ({ other: member(at, "mia") }),
  },
  { name: "OrganizationMember: destroy a member", before: only((at) => member(at, "mia")), command: "destroy" },
  { name: "OrganizationMember: destroy an invitation", before: only((at) => member(at, "zoe")), command: "destroy" },
  {
    name: "OrganizationMember: one person goes, another comes",
    before: (at) => ({ mia: member(at, "mia") }),
    after: (at) => ({ zoe: member(at, "zoe") }),
  },
];

const invitations: Operation[] = [
  { name: "Invitation: create", after: only((at) => invited(at, "zoe")) },
  {
    name: "Invitation: another role",
    before: only((at) => invited(at, "zoe")),
    after: only((at) => invited(at, "zoe", { role: "admin" })),
  },
  {
    name: "Invitation: resend",
    before: only((at) => invited(at, "zoe")),
    after: only((at) => invited(at, "zoe", { resend: "again" })),
  },
  {
    name: "Invitation: resend after it has expired",
    before: only((at) => invited(at, "zoe")),
    between: (emulator, at) => emulator.expire(at.person("zoe")),
    after: only((at) => invited(at, "zoe", { resend: "again" })),
  },
  {
    name: "Invitation: acceptance is recorded",
    before: only((at) => invited(at, "zoe")),
    between: (emulator, at) => emulator.accept(at.person("zoe")),
    after: only((at) => invited(at, "zoe")),
  },
  {
    name: "Invitation: refresh after a refusal",
    before: only((at) => invited(at, "zoe")),
    between: (emulator, at) => emulator.decline(at.person("zoe")),
    command: "refresh",
  },
  {
    name: "Invitation: becomes an OrganizationMember",
    before: only((at) => invited(at, "zoe")),
    after: (at) => ({ zoe: member(at, "zoe") }),
  },
  { name: "Invitation: destroy", before: only((at) => invited(at, "zoe")), command: "destroy" },
];

const memberships: Operation[] = [
  { name: "TeamMembership: create", after: only((at) => membership(at, "mia")) },
  {
    name: "TeamMembership: take over, with another role",
    after: only((at) => membership(at, "bob", { role: "lead" })),
  },
  { name: "TeamMembership: wait", after: only((at) => membership(at, "zoe")) },
  {
    name: "TeamMembership: what waited becomes possible",
    before: (at) => ({ zoe: member(at, "zoe"), it: membership(at, "zoe") }),
    between: (emulator, at) => emulator.accept(at.person("zoe")),
    after: (at) => ({ zoe: member(at, "zoe"), it: membership(at, "zoe") }),
  },
  {
    name: "TeamMembership: another role",
    before: only((at) => membership(at, "mia")),
    after: only((at) => membership(at, "mia", { role: "lead" })),
  },
  {
    name: "TeamMembership: put back",
    before: only((at) => membership(at, "mia")),
    between: (emulator, at) => emulator.api("DELETE", path(at, `teams/core/members/${at.uids.mia}/`)),
    refreshed: true,
    after: only((at) => membership(at, "mia")),
  },
  {
    name: "TeamMembership: refresh after a removal by somebody else",
    before: only((at) => membership(at, "mia")),
    between: (emulator, at) => emulator.api("DELETE", path(at, `teams/core/members/${at.uids.mia}/`)),
    command: "refresh",
  },
  {
    name: "TeamMembership: another spelling",
    before: only((at) => membership(at, "mia")),
    after: only((at) => teamMembership({ team: at.core, user: at.uids.mia, role: "member" })),
  },
  {
    name: "TeamMembership: another logical name",
    before: only((at) => membership(at, "mia")),
    after: (at) => ({ other: membership(at, "mia") }),
  },
  {
    name: "TeamMembership: one person goes, another comes",
    before: (at) => ({ bob: membership(at, "bob") }),
    after: (at) => ({ mia: membership(at, "mia") }),
  },
  { name: "TeamMembership: destroy", before: only((at) => membership(at, "bob")), command: "destroy" },
];

const leeAndBob = { lee: "lead", bob: "member" };
const rosters: Operation[] = [
  { name: "TeamRoster: create", after: only((at) => roster(at, { lee: "lead", bob: "lead", mia: "member" })) },
  {
    name: "TeamRoster: two people exchange roles",
    before: only((at) => roster(at, leeAndBob)),
    after: only((at) => roster(at, { bob: "lead", lee: "member" })),
  },
  {
    name: "TeamRoster: one person for another",
    before: only((at) => roster(at, leeAndBob)),
    after: only((at) => roster(at, { lee: "lead", mia: "member" })),
  },
  {
    name: "TeamRoster: who waited is placed",
    before: (at) => ({ zoe: member(at, "zoe"), it: roster(at, { ...leeAndBob, zoe: "member" }) }),
    between: (emulator, at) => emulator.accept(at.person("zoe")),
    after: (at) => ({ zoe: member(at, "zoe"), it: roster(at, { ...leeAndBob, zoe: "member" }) }),
  },
  {
    name: "TeamRoster: unmanaged people are removed",
    before: only((at) => roster(at, { lee: "lead" })),
    after: only((at) => roster(at, { lee: "lead" }, { unmanaged: "remove" })),
  },
  {
    name: "TeamRoster: refresh after a removal by somebody else",
    before: only((at) => roster(at, leeAndBob)),
    between: (emulator, at) => emulator.api("DELETE", path(at, `teams/core/members/${at.uids.bob}/`)),
    command: "refresh",
  },
  {
    name: "TeamRoster: in place of single memberships",
    before: (at) => ({ lee: membership(at, "lee", { role: "lead" }), bob: membership(at, "bob") }),
    after: only((at) => roster(at, leeAndBob)),
  },
  {
    name: "TeamRoster: back to single memberships",
    before: only((at) => roster(at, leeAndBob)),
    after: (at) => ({ lee: membership(at, "lee", { role: "lead" }), bob: membership(at, "bob") }),
  },
  { name: "TeamRoster: destroy", before: only((at) => roster(at, leeAndBob)), command: "destroy" },
];

const whole = (at: CaseNames): Program => ({
  org: organization({ name: at.name("Beta"), description: "whole" }),
  blue: team({ organization: idOf("org"), name: "Blue" }),
  red: team({ organization: idOf("org"), name: "Red", forceDestroy: true }),
  ada: organizationMember({ organization: idOf("org"), email: at.person("ada"), role: "admin" }),
  zoe: invitation({ organization: idOf("org"), email: at.person("zoe") }),
  adaBlue: teamMembership({ team: idOf("blue"), email: at.person("ada"), role: "lead" }),
  redPeople: teamRoster({ team: idOf("red"), members: { [at.person("ada")]: "member" } }),
});

const together: Operation[] = [
  { name: "Everything: create", start: false, after: whole, adoptable: ["org", "blue", "red"] },
  {
    name: "Everything: what waited becomes possible",
    start: false,
    before: whole,
    between: (emulator, at) => emulator.accept(at.person("ada")),
    after: whole,
  },
  {
    name: "Everything: destroy",
    start: false,
    before: whole,
    between: (emulator, at) => emulator.accept(at.person("ada")),
    refreshed: true,
    command: "destroy",
  },
];

/** The operations of the resources, each in an organization of its own, so that many of them can run at the same time. */
export const operations: readonly Operation[] = [
  ...organizations,
  ...teams,
  ...members,
  ...invitations,
  ...memberships,
  ...rosters,
  ...together,
];

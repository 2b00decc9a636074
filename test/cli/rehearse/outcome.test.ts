import { startEmulator, type TestEmulator } from "../../support/emulator.js";
import { realChanges, textOf as realText } from "../../properties/reviews/compare.js";
import { randomOf } from "../../properties/reviews/cases.js";
import { previewOf } from "../../../cli/pulumi/preview.js";
import { exceededBy } from "../../../cli/review/limits.js";
import { previewDocument, type Planned } from "../previews.js";
import { rehearsalOf } from "../../../cli/rehearse/outcome.js";
import type { Rehearsal, Stand } from "../../../cli/review/report.js";
import * as o from "./observations.js";

jest.setTimeout(60_000);

let emulator: TestEmulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
beforeEach(async () => emulator.reset(o.seed));
afterAll(async () => emulator.close());

const { email, uids, member, invited, membership, roster, team, organization } = o;
const at = "/organizations/acme";
const adasKey = "ada's key";
const api = (method: string, path: string, body?: unknown) => emulator.api(method, `${at}${path}`, body);

/** Every write that a run may send. */
const writes = {
  invite: (name = "fay", role = "member") => api("POST", "/invitations/", { email: email(name), role }),
  resend: () => api("POST", `/invitations/${o.uid("e0")}/resend/`),
  cancel: () => api("POST", `/invitations/${o.uid("e0")}/cancel/`),
  cancelExpired: () => api("POST", `/invitations/${o.uid("e2")}/cancel/`),
  promote: () => api("PATCH", `/members/${uids["bob"]}/role/`, { role: "admin" }),
  demote: () => api("PATCH", `/members/${uids["ada"]}/role/`, { role: "member" }),
  remove: () => api("DELETE", `/members/${uids["bob"]}/`),
  add: (name = "cleo", role = "member") => api("POST", "/teams/core/members/", { user_uid: uids[name], role }),
  lead: () => api("PATCH", `/teams/core/members/${uids["bob"]}/role/`, { role: "lead" }),
  unlead: () => api("PATCH", `/teams/core/members/${uids["ada"]}/role/`, { role: "member" }),
  takeOut: () => api("DELETE", `/teams/core/members/${uids["bob"]}/`),
  makeTeam: () => api("POST", "/teams/", { name: "New", description: "d" }),
  changeTeam: () => api("PATCH", "/teams/core/", { description: "d" }),
  renameTeam: () => api("PATCH", "/teams/core/", { name: "Nucleus" }),
  deleteTeam: () => api("DELETE", "/teams/core/"),
  /** Once: the comparison of states knows organizations by their slugs. */
  makeOrganization: async () => {
    const { organizations } = await emulator.state();
    if (!organizations.some(({ name }) => name === "Globex"))
      await emulator.api("POST", "/organizations/", { name: "Globex" });
  },
  changeOrganization: () => api("PATCH", "/", { description: "d" }),
  deleteOrganization: () => api("DELETE", "/"),
  transfer: () => api("POST", "/transfer-ownership/", { new_owner_uid: uids["ada"] }),
  reinvite: async () => {
    await writes.cancel();
    await writes.invite("zoe", "admin");
  },
  replace: async () => {
    await writes.remove();
    await writes.invite("bob");
  },
  inviteAgain: async () => {
    await writes.cancelExpired();
    await writes.invite("eve");
  },
  inviteAndCancel: async () => {
    const { uid } = (await writes.invite()) as { uid: string };
    await api("POST", `/invitations/${uid}/cancel/`);
  },
  leave: () => emulator.api("POST", `${at}/leave/`, undefined, adasKey),
  nothing: async () => undefined,
};
type Write = keyof typeof writes;

const stands = (stand: Stand | undefined) =>
  stand?.standing === "has" ? stand.role : stand?.standing === "invited" ? `invited as ${stand.role}` : undefined;

/** What the rows say has changed for people, in the words of the comparison of states, which shares no code with them. */
const said = ({ changes }: Rehearsal) =>
  changes
    .map(({ organization: { name: slug }, team: inTeam, person, before, after, effect }) => ({
      slug: slug.toLowerCase(),
      team: inTeam?.uid ?? inTeam?.name,
      email: person.email!,
      // What was recorded of somebody who has accepted since, is not what they had.
      before: effect === "accepted" ? stands(after) : stands(before),
      after: stands(after),
    }))
    .filter(({ before, after }) => before !== after)
    .map(realText)
    .toSorted();

/** Of a run that has done nothing that a state shows. */
const nothingDone = {
  emails: [],
  requests: [],
  stateBefore: o.exported([]),
  stateAfter: o.exported([]),
  preview: o.nothingPlanned,
  left: undefined,
  failure: [],
  notes: [],
  standards: { maxRemovals: 10, domains: [] },
};

type State = Awaited<ReturnType<TestEmulator["state"]>>;

/** Teams that were there before are named by uid: their names may change. */
function byUid(state: State, before: State): State {
  const known = new Set(before.organizations.flatMap(({ teams }) => teams.map((one) => one.uid)));
  const organizations = state.organizations.map((row) => ({
    ...row,
    teams: row.teams.map((one) => ({ ...one, name: known.has(one.uid) ? one.uid : one.name })),
  }));
  return { ...state, organizations };
}

async function observedAnd(act: () => Promise<unknown>, told?: o.Told): Promise<[Rehearsal, string[]]> {
  const before = await emulator.state();
  const rehearsal = await o.rehearsed(emulator, act, told);
  const after = await emulator.state();
  return [rehearsal, realChanges(byUid(before, before), byUid(after, before)).map(realText).toSorted()];
}

describe("what a run did", () => {
  const was = (...resources: o.Declared[]) => ({ was: resources });
  const from = (before: o.Declared[], now: o.Declared[]) => ({ was: before, now });
  const zoe = email("zoe");

  it.each<[what: string, write: Write, told: o.Told, expected: string[]]>([
    // Invitations
    ["unmanaged", "invite", {}, ["invited fay@example.com acme: none → invited member (1 email)"]],
    [
      "a new OrganizationMember",
      "invite",
      from([], [invited("fay")]),
      ["invited fay@example.com acme: none → invited member* (1 email)"],
    ],
    [
      "a new Invitation",
      "invite",
      from([], [o.invitation("fay")]),
      ["invited fay@example.com acme: none → invited member* (1 email)"],
    ],
    [
      "a new OrganizationMember and TeamMembership",
      "invite",
      from([], [invited("fay"), membership("Core", "fay", { status: "waiting" })]),
      [
        "invited fay@example.com acme: none → invited member* (1 email)",
        "waits fay@example.com Core: none → waiting member*",
      ],
    ],
    [
      "a new OrganizationMember and roster",
      "invite",
      from([], [invited("fay"), roster({ fay: "lead" }, { waiting: email("fay") })]),
      [
        "invited fay@example.com acme: none → invited member* (1 email)",
        "waits fay@example.com Core: none → waiting lead*",
      ],
    ],
    ["unmanaged", "resend", {}, [`invited ${zoe} acme: invited member → invited member (1 email)`]],
    ["managed", "resend", was(invited("zoe")), [`invited ${zoe} acme: invited member* → invited member* (1 email)`]],
    ["unmanaged", "cancel", {}, [`withdrawn ${zoe} acme: invited member → none`]],
    ["managed", "cancel", from([invited("zoe")], []), [`withdrawn ${zoe} acme: invited member* → none`]],
    [
      "managed, and waiting for a team",
      "cancel",
      from([invited("zoe"), membership("Core", "zoe", { status: "waiting" })], []),
      [`withdrawn ${zoe} acme: invited member* → none`, `without ${zoe} Core: waiting member* → none`],
    ],
    [
      "managed, by a resource that stays",
      "cancel",
      from([invited("zoe")], [invited("zoe", { status: "gone" })]),
      [`withdrawn ${zoe} acme: invited member* → lapsed member*`],
    ],
    ["of an expired one", "cancelExpired", {}, []],
    [
      "of an expired one that was managed",
      "cancelExpired",
      from([invited("eve", { status: "expired" })], []),
      ["without eve@example.com acme: lapsed member* → none"],
    ],
    ["unmanaged", "reinvite", {}, [`invited ${zoe} acme: invited member → invited admin (1 email)`]],
    [
      "managed",
      "reinvite",
      from([invited("zoe")], [invited("zoe", { role: "admin" })]),
      [`invited ${zoe} acme: invited member* → invited admin* (1 email)`],
    ],
    [
      "an email whose invitation is gone again",
      "inviteAndCancel",
      {},
      ["withdrawn fay@example.com acme: none → none (1 email)"],
    ],
    // Members of the organization
    ["unmanaged", "promote", {}, ["role bob@example.com acme: member → admin"]],
    [
      "managed",
      "promote",
      from([member("bob")], [member("bob", { role: "admin" })]),
      ["role bob@example.com acme: member* → admin*"],
    ],
    [
      "somebody who has accepted as member, and becomes admin",
      "promote",
      from([invited("bob")], [member("bob", { role: "admin" })]),
      ["role bob@example.com acme: member* → admin*"],
    ],
    ["unmanaged", "demote", {}, ["role ada@example.com acme: admin → member"]],
    [
      "unmanaged, also in teams",
      "remove",
      {},
      ["loses bob@example.com acme: member → none", "loses bob@example.com Core: member → none (organization left)"],
    ],
    [
      "managed, in a team that nobody manages",
      "remove",
      from([member("bob")], []),
      ["loses bob@example.com acme: member* → none", "loses bob@example.com Core: member → none (organization left)"],
    ],
    [
      "managed in both",
      "remove",
      from([member("bob"), membership("Core", "bob")], []),
      ["loses bob@example.com acme: member* → none", "loses bob@example.com Core: member* → none (organization left)"],
    ],
    [
      "managed, and a roster that waits for them from then on",
      "remove",
      from([member("bob"), roster({ bob: "member" })], [roster({ bob: "member" }, { waiting: email("bob") })]),
      [
        "loses bob@example.com acme: member* → none",
        "loses bob@example.com Core: member* → waiting member* (organization left)",
      ],
    ],
    [
      "a replacement that takes access and sends an invitation",
      "replace",
      from([member("bob")], [invited("bob")]),
      [
        "loses bob@example.com acme: member* → invited member* (1 email)",
        "loses bob@example.com Core: member → none (organization left)",
      ],
    ],
    [
      "unmanaged",
      "transfer",
      {},
      ["role ada@example.com acme: admin → owner", "role owner@example.com acme: owner → admin"],
    ],
    // Teams
    ["unmanaged", "add", {}, ["gains cleo@example.com Core: none → member"]],
    [
      "a new TeamMembership",
      "add",
      from([], [membership("Core", "cleo")]),
      ["gains cleo@example.com Core: none → member*"],
    ],
    [
      "a new roster",
      "add",
      from([], [roster({ cleo: "member", ada: "lead" })]),
      ["gains cleo@example.com Core: none → member*", "keeps ada@example.com Core: lead → lead* (>Core people)"],
    ],
    [
      "a TeamMembership that was pending",
      "add",
      from([membership("Core", "cleo", { status: "waiting" })], [membership("Core", "cleo")]),
      ["gains cleo@example.com Core: waiting member* → member* (unblocked)"],
    ],
    [
      "one that was pending with another role",
      "add",
      from([membership("Core", "cleo", { status: "waiting", role: "lead" })], [membership("Core", "cleo")]),
      ["gains cleo@example.com Core: waiting lead* → member*"],
    ],
    [
      "one that was pending with other details",
      "add",
      from([membership("Core", "cleo", { status: "waiting" })], [membership("Core", "cleo", { reason: "why" })]),
      ["gains cleo@example.com Core: waiting member* → member* (reason >why)"],
    ],
    [
      "one that was pending, of a resource that broke off",
      "add",
      from([membership("Core", "cleo", { status: "waiting", __unfinished: true })], [membership("Core", "cleo")]),
      ["gains cleo@example.com Core: waiting member* → member*"],
    ],
    [
      "one that was pending, with a second resource from now on",
      "add",
      from(
        [membership("Core", "cleo", { status: "waiting" })],
        [membership("Core", "cleo"), roster({ cleo: "member" })],
      ),
      ["gains cleo@example.com Core: waiting member* → member*"],
    ],
    [
      "somebody who waited in a roster",
      "add",
      from([roster({ cleo: "member" }, { waiting: email("cleo") })], [roster({ cleo: "member" })]),
      ["gains cleo@example.com Core: waiting member* → member* (unblocked)"],
    ],
    [
      "a TeamMembership that somebody had removed",
      "add",
      from([membership("Core", "cleo", { status: "removed" })], [membership("Core", "cleo")]),
      ["gains cleo@example.com Core: none → member*"],
    ],
    [
      "somebody whom a state records, and nobody declares any more",
      "add",
      from([membership("Core", "cleo", { status: "removed" })], []),
      ["gains cleo@example.com Core: none → member"],
    ],
    [
      "somebody who waited, and whom nobody declares any more",
      "add",
      from([membership("Core", "cleo", { status: "waiting" })], []),
      ["gains cleo@example.com Core: none → member"],
    ],
    [
      "somebody whose invitation had expired",
      "inviteAgain",
      from([invited("eve", { status: "expired" })], [invited("eve")]),
      ["invited eve@example.com acme: none → invited member* (1 email)"],
    ],
    ["unmanaged", "lead", {}, ["role bob@example.com Core: member → lead"]],
    [
      "managed",
      "lead",
      from([membership("Core", "bob")], [membership("Core", "bob", { role: "lead" })]),
      ["role bob@example.com Core: member* → lead*"],
    ],
    [
      "in a roster",
      "lead",
      from([roster({ bob: "member" })], [roster({ bob: "lead" })]),
      ["role bob@example.com Core: member* → lead*"],
    ],
    ["unmanaged", "takeOut", {}, ["loses bob@example.com Core: member → none"]],
    ["managed", "takeOut", from([membership("Core", "bob")], []), ["loses bob@example.com Core: member* → none"]],
    [
      "in a roster",
      "takeOut",
      from([roster({ bob: "member", ada: "lead" })], [roster({ ada: "lead" })]),
      ["loses bob@example.com Core: member* → none"],
    ],
    // Teams and organizations themselves
    ["unmanaged", "makeTeam", {}, ["create New (color >#6366F1; description >d; name >New)"]],
    ["unmanaged", "changeTeam", {}, ["update Core (description >d)"]],
    [
      "managed",
      "changeTeam",
      from([team("Core")], [team("Core", { description: "d", forceDestroy: true })]),
      ["update Core (description >d; forceDestroy >true)"],
    ],
    ["unmanaged", "renameTeam", {}, ["update Nucleus (name Core>Nucleus)"]],
    [
      "unmanaged, with its people",
      "deleteTeam",
      {},
      [
        "loses ada@example.com Core: lead → none (team deleted)",
        "loses bob@example.com Core: member → none (team deleted)",
        "delete Core",
      ],
    ],
    [
      "managed, with managed people",
      "deleteTeam",
      from([team("Core", { forceDestroy: true }), membership("Core", "bob")], []),
      [
        "loses ada@example.com Core: lead → none (team deleted)",
        "loses bob@example.com Core: member* → none (team deleted)",
        "delete Core forced",
      ],
    ],
    [
      "unmanaged",
      "makeOrganization",
      {},
      [
        "gains owner@example.com Globex: none → owner",
        "create Globex (industry >other; name >Globex; slug >globex; visibility >private)",
      ],
    ],
    ["unmanaged", "changeOrganization", {}, ["update acme (description >d)"]],
    [
      "managed, all in it",
      "deleteOrganization",
      from([organization({ forceDestroy: true }), team("Core"), member("bob"), invited("zoe")], []),
      [
        "loses ada@example.com acme: admin → none (organization deleted)",
        "loses bob@example.com acme: member* → none (organization deleted)",
        "loses cleo@example.com acme: member → none (organization deleted)",
        "loses owner@example.com acme: owner → none (organization deleted)",
        "withdrawn dan@example.com acme: invited admin → none (organization deleted)",
        "withdrawn zoe@example.com acme: invited member* → none (organization deleted)",
        "loses ada@example.com Core: lead → none (organization deleted)",
        "loses bob@example.com Core: member → none (organization deleted)",
        "delete acme forced",
        "delete Core",
        "delete Crew",
      ],
    ],
    [
      "the key's user leaves an organization that is managed",
      "leave",
      from([organization({ onDestroy: "leave" })], []),
      [
        "loses ada@example.com acme: admin → none",
        "loses ada@example.com Core: lead → none (organization left)",
        "leave acme",
      ],
    ],
    // Nothing but what is declared
    [
      "adoption of a team, an organization and members",
      "nothing",
      from([], [organization({ adopt: "acme" }), team("Core"), member("bob", { reason: "why" })]),
      ["keeps bob@example.com acme: member → member* (>bob; reason >why)", "adopt acme (adopt >acme)", "adopt Core"],
    ],
    [
      "a team, an organization and a member that are not managed any more",
      "nothing",
      from([organization({ forceDestroy: true }), team("Core"), member("bob")], []),
      ["keeps bob@example.com acme: member* → member (bob>)", "forget acme", "forget Core"],
    ],
    [
      "a renamed resource",
      "nothing",
      from(
        [member("bob"), team("Core")],
        [
          { ...member("bob"), name: "robert" },
          { ...team("Core"), name: "nucleus" },
        ],
      ),
      ["keeps bob@example.com acme: member* → member* (bob>robert)"],
    ],
    [
      "a handover from single memberships to a roster",
      "nothing",
      from([membership("Core", "bob")], [roster({ bob: "member" })]),
      ["keeps bob@example.com Core: member* → member* (Core bob>Core people)"],
    ],
    [
      "a second resource beside the one that stands for it",
      "nothing",
      from([membership("Core", "bob")], [roster({ bob: "member" }), membership("Core", "bob")]),
      [],
    ],
    ["adopt of a team that is managed already", "nothing", from([team("Core")], [team("Core", { adopt: "core" })]), []],
    [
      "another provider of a team",
      "nothing",
      from([team("Core")], [{ ...team("Core"), provider: "tenant" }]),
      ["update Core (provider default>tenant)"],
    ],
    [
      "details",
      "nothing",
      from([member("bob", { validUntil: "2027-01-01" })], [member("bob", { validUntil: "2027-02-01" })]),
      ["details bob@example.com acme: member* → member* (validUntil 2027-01-01>2027-02-01)"],
    ],
    [
      "another provider",
      "nothing",
      from([member("bob")], [{ ...member("bob"), provider: "tenant" }]),
      ["details bob@example.com acme: member* → member* (provider >tenant)"],
    ],
    [
      "somebody who has accepted",
      "nothing",
      from([invited("bob")], [member("bob")]),
      ["accepted bob@example.com acme: invited member* → member* (unblocked)"],
    ],
    [
      "somebody who has accepted an Invitation",
      "nothing",
      from([o.invitation("bob")], [o.invitation("bob", { status: "accepted" })]),
      ["accepted bob@example.com acme: invited member* → member (unblocked; bob>)"],
    ],
    [
      "somebody who has accepted, with other details",
      "nothing",
      from([invited("bob")], [member("bob", { reason: "why" })]),
      ["accepted bob@example.com acme: invited member* → member* (reason >why)"],
    ],
    ["managed people who stay", "nothing", was(member("bob"), membership("Core", "bob"), invited("zoe")), []],
    [
      "pending ones that stay",
      "nothing",
      was(invited("zoe"), membership("Core", "zoe", { status: "waiting" }), invited("eve", { status: "expired" })),
      [],
    ],
  ])("%s: %s", async (_, write, told, expected) => {
    const [rehearsal, real] = await observedAnd(writes[write], told);
    expect(o.linesOf(rehearsal)).toEqual(expected);
    expect(said(rehearsal)).toEqual(real);
    expect(rehearsal.emails).toHaveLength(rehearsal.changes.reduce((sum, row) => sum + row.emails, 0));
    expect(rehearsal.summary.emails).toBe(rehearsal.emails.length);
  });
});

it("does not call possible what the run itself has made possible", async () => {
  const act = async () => {
    await emulator.accept(email("zoe"));
    await writes.add("zoe");
  };
  const { changes } = await o.rehearsed(emulator, act, {
    was: [invited("zoe"), membership("Core", "zoe", { status: "waiting" })],
    now: [member("zoe"), membership("Core", "zoe")],
  });
  expect(changes.map(o.lineOf)).toEqual([
    "accepted zoe@example.com acme: invited member* → member*",
    "gains zoe@example.com Core: waiting member* → member*",
  ]);
});

it("counts an organization that a deployment only marks as deleted as deleted", async () => {
  await emulator.settings({ organizationDelete: "soft" });
  const { acts, changes } = await o.rehearsed(emulator, writes.deleteOrganization);
  expect(acts.map(o.actText)).toEqual(["delete acme", "delete Core", "delete Crew"]);
  expect(changes.filter(({ effect }) => effect === "loses")).toHaveLength(6);
});

describe("random runs", () => {
  /** Resources for some of what a state holds, so that rows are of managed and unmanaged people. */
  function declaredIn({ organizations }: State, chance: () => boolean): o.Declared[] {
    return organizations.flatMap((row) => [
      ...(chance() ? [{ ...organization(), id: row.uid, name: row.name }] : []),
      ...row.members.filter(chance).map((one) => memberOf(row.uid, one)),
      ...row.invitations
        .filter(({ status }) => status === "pending" && chance())
        .map((one) => ({ ...memberOf(row.uid, one), outputs: { ...one, status: "invited" } })),
      ...row.teams.flatMap((inside) =>
        inside.members.filter(chance).map((one): o.Declared => ({
          kind: "TeamMembership",
          name: `${inside.name} ${one.email}`,
          id: `${row.uid}/${inside.uid}/${one.email}`,
          outputs: { email: one.email, role: one.role, status: "active" },
        })),
      ),
    ]);
  }
  const memberOf = (uid: string, one: { email: string; role: string }): o.Declared => ({
    kind: "OrganizationMember",
    name: one.email,
    id: `${uid}/${one.email}`,
    outputs: { email: one.email, role: one.role, status: "active", onExpiry: "report", maxEmails: 3 },
  });

  it.each(Array.from({ length: 30 }, (_, seed) => seed + 1))(
    "%d: every change of the copy is a row, and every row a change",
    async (seed) => {
      const random = randomOf(seed);
      const chance = () => random() < 0.5;
      const before = await emulator.state();
      const was = declaredIn(before, chance);
      const names = Object.keys(writes) as Write[];
      const chosen = Array.from({ length: 6 }, () => names[Math.floor(random() * names.length)]!);
      await emulator.clearLog();
      // What is refused, such as a second invitation, has changed nothing.
      for (const write of chosen) await writes[write]().catch(() => undefined);
      const after = await emulator.state();
      const sent = await emulator.emails();
      const rehearsal = rehearsalOf({
        before: new Map([[o.url, before]]),
        after: new Map([[o.url, after]]),
        emails: sent.map(({ to, kind }) => ({ to, kind, organization: o.acme })),
        requests: await emulator.requests(),
        stateBefore: o.exported(was),
        stateAfter: o.exported(declaredIn(after, chance)),
        preview: o.nothingPlanned,
        left: undefined,
        failure: [],
        notes: [],
        standards: { maxRemovals: 10, domains: [] },
      });
      const real = realChanges(byUid(before, before), byUid(after, before)).map(realText).toSorted();
      expect(real.length).toBeGreaterThan(0);
      expect([chosen, said(rehearsal)]).toEqual([chosen, real]);
      const emailsOf = (rows: readonly { to: string; kind: string }[]) => rows.map(({ to, kind }) => `${to} ${kind}`);
      expect(emailsOf(rehearsal.emails)).toEqual(emailsOf(sent).toSorted());
      const removed = new Map<string, number>();
      for (const {
        effect,
        organization: { name },
        team: inTeam,
      } of rehearsal.changes) {
        const key = inTeam?.name ?? name;
        if (effect === "loses" || effect === "withdrawn") removed.set(key, (removed.get(key) ?? 0) + 1);
      }
      expect(rehearsal.removals.map((row) => [(row.team ?? row.organization).name, row.people]).toSorted()).toEqual(
        [...removed].toSorted(),
      );
    },
  );
});

describe("warnings", () => {
  const rulesOf = ({ warnings }: Rehearsal) =>
    warnings.map(({ rule, person, team: inTeam, organization: { name }, what }) =>
      [rule, person?.hidden ?? person?.email, inTeam?.name ?? name, what]
        .filter((part) => part !== undefined)
        .join(" "),
    );
  const declares = (planned: Planned[]) => ({ preview: previewOf(previewDocument(planned)) });
  const declaredMember = (was: Record<string, unknown>, is: Record<string, unknown>): Planned => ({
    kind: "OrganizationMember",
    name: "bob",
    id: `${o.acme}/${email("bob")}`,
    was: { email: email("bob"), organization: o.acme, status: "active", role: "member", ...was },
    is: { email: email("bob"), organization: o.acme, role: "member", ...is },
  });
  const secretRoster: Planned = {
    kind: "TeamRoster",
    name: "Core people",
    id: `${o.acme}/${o.core}`,
    was: { team: `${o.acme}/${o.core}`, members: `${email("bob")} member` },
    is: { team: `${o.acme}/${o.core}`, members: "[secret]", unmanaged: "remove" },
  };
  const outsider = () => api("POST", "/invitations/", { email: "x@evil.example", role: "member" });

  it.each<[what: string, act: () => Promise<unknown>, told: o.Told, expected: string[]]>([
    ["a new admin", writes.promote, {}, ["admin-grants bob@example.com acme"]],
    ["an invited admin", () => writes.invite("fay", "admin"), {}, ["admin-grants fay@example.com acme"]],
    ["a role that is less", writes.demote, {}, []],
    ["another domain", outsider, {}, ["external-domains x@evil.example acme"]],
    [
      "a domain that is not allowed",
      () => writes.invite(),
      { standards: { maxRemovals: 10, domains: ["other.example"] } },
      ["external-domains fay@example.com acme"],
    ],
    ["the last lead, who is a member from now on", writes.unlead, {}, ["last-lead Core"]],
    [
      "the last lead, who leaves the organization",
      writes.leave,
      {},
      ["last-lead Core", "organization-deletions acme left"],
    ],
    ["a lead beside another", async () => (await writes.lead(), writes.unlead()), {}, []],
    ["a deleted team", writes.deleteTeam, {}, ["team-deletions Core deleted"]],
    [
      "a deleted organization",
      writes.deleteOrganization,
      {},
      ["organization-deletions acme deleted", "team-deletions Core deleted", "team-deletions Crew deleted"],
    ],
    [
      "more removals than allowed",
      writes.remove,
      { standards: { maxRemovals: 0, domains: [] } },
      ["removals acme", "removals Core"],
    ],
    [
      "an end that is later, of which the copy shows nothing",
      writes.nothing,
      declares([declaredMember({ validUntil: "2027-01-01" }, { validUntil: "2027-02-01" })]),
      ["extended-access bob@example.com acme"],
    ],
    [
      "an end that is later, in the state and in the preview: once",
      writes.nothing,
      {
        ...declares([declaredMember({ validUntil: "2027-01-01" }, { validUntil: "2027-02-01" })]),
        was: [member("bob", { validUntil: "2027-01-01" })],
        now: [member("bob", { validUntil: "2027-02-01" })],
      },
      ["extended-access bob@example.com acme"],
    ],
    [
      "an end that is later in the run alone",
      writes.nothing,
      { was: [member("bob", { validUntil: "2027-01-01" })], now: [member("bob", { validUntil: "2027-02-01" })] },
      ["extended-access bob@example.com acme"],
    ],
    [
      "a secret role, which the run has shown",
      writes.nothing,
      declares([declaredMember({}, { role: "[secret]" })]),
      [],
    ],
    [
      "a secret role, which a failed run has not shown",
      writes.nothing,
      { ...declares([declaredMember({}, { role: "[secret]" })]), failure: ["broken"] },
      ["unknown-access bob@example.com acme"],
    ],
    [
      "a secret role, where the keys could not see everything",
      writes.nothing,
      { ...declares([declaredMember({}, { role: "[secret]" })]), notes: ["The people of Acme are not visible."] },
      ["unknown-access bob@example.com acme"],
    ],
    [
      "a secret end",
      writes.nothing,
      declares([declaredMember({}, { validUntil: "[secret]" })]),
      ["unknown-access bob@example.com acme"],
    ],
    ["a secret roster, whose people the run has shown", writes.nothing, declares([secretRoster]), []],
    [
      "a secret roster, where the keys could not see everything",
      writes.nothing,
      { ...declares([secretRoster]), notes: ["The people of Core are not visible."] },
      ["unknown-access Core", "unknown-people Core hidden", "unknown-people Core removed"],
    ],
    [
      "a secret address",
      () => writes.invite(),
      { now: [invited("fay", { email: o.secret(email("fay")) })] },
      ["unknown-access [secret] fay acme"],
    ],
  ])("%s", async (_, act, told, expected) => {
    const rehearsal = await o.rehearsed(emulator, act, told);
    expect(rulesOf(rehearsal).toSorted()).toEqual(expected.toSorted());
    expect(rehearsal.summary.warnings).toBe(expected.length);
  });

  it("of removals that are not known stay unknown for the limit, where the keys could not see everything", async () => {
    const hidden: Planned = { ...secretRoster, was: { ...secretRoster.was!, members: "[secret]" } };
    const told = { ...declares([hidden]), notes: ["The people of Core are not visible."] };
    const limits = { maxRemovals: 100, maxEmails: undefined, deny: [] };
    const removalsOf = async (act: () => Promise<unknown>, more: o.Told) => {
      const { removals, ...rehearsal } = await o.rehearsed(emulator, act, more);
      return [
        removals.map((row) => [(row.team ?? row.organization).name, row.people, row.unknown]),
        exceededBy({ ...rehearsal, removals }, limits).length,
      ];
    };
    expect(await removalsOf(writes.nothing, told)).toEqual([[["Core", 0, true]], 1]);
    expect(await removalsOf(writes.takeOut, told)).toEqual([[["Core", 1, true]], 1]);
    expect(await removalsOf(writes.nothing, { ...told, notes: [] })).toEqual([[], 0]);
  });

  it("of somebody of whom the state records access, and the keys see nothing: the worst case", async () => {
    const gone = { was: [member("fay")], now: [] };
    const seen = await o.rehearsed(emulator, writes.nothing, gone);
    expect(seen.changes.map(o.lineOf)).toEqual(["without fay@example.com acme: lapsed member* → none"]);
    const unseen = await o.rehearsed(emulator, writes.nothing, { ...gone, notes: ["The people are not visible."] });
    expect(unseen.changes.map(o.lineOf)).toEqual(["loses fay@example.com acme: lapsed member* → none"]);
  });
});

describe("names", () => {
  it("of what the run has made are no uids: the copy has chosen them, and the service will choose others", async () => {
    const make = async () => {
      const { slug } = (await emulator.api("POST", "/organizations/", { name: "Globex" })) as { slug: string };
      await emulator.api("POST", `/organizations/${slug}/teams/`, { name: "New" });
      await emulator.api("POST", `/organizations/${slug}/invitations/`, { email: email("fay"), role: "member" });
    };
    const rehearse = async () => {
      await emulator.reset(o.seed);
      const before = await emulator.state();
      const rehearsal = await o.rehearsed(emulator, make);
      const known = new Set(JSON.stringify(before).match(uuid));
      const text = JSON.stringify(rehearsal);
      expect((text.match(uuid) ?? []).filter((found) => !known.has(found))).toEqual([]);
      return text;
    };
    expect(await rehearse()).toBe(await rehearse());
  });
  const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

  it("of what the run has made are their resources", async () => {
    let made = "";
    const act = async () => {
      made = ((await writes.makeTeam()) as { uid: string }).uid;
      await emulator.api("POST", `${at}/teams/new/members/`, { user_uid: uids["bob"], role: "lead" });
    };
    const now = () => [
      { ...team("Core", { name: "New", __serverDefaults: ["color"] }), name: "new team", id: `${o.acme}/${made}` },
      { ...membership("Core", "bob", { role: "lead" }), id: `${o.acme}/${made}/${email("bob")}` },
    ];
    const { changes, acts } = await o.rehearsed(emulator, act, { now });
    const scope = { name: "New", resource: o.urnOf({ kind: "Team", name: "new team" }) };
    expect([...changes, ...acts].map((row) => row.team)).toEqual([scope, scope]);
    expect(changes.map(o.lineOf)).toEqual(["gains bob@example.com New: none → lead*"]);
    // What nobody has declared is not shown.
    expect(acts.map(o.actText)).toEqual(["create New (description >d; name >New)"]);
  });

  it("that look alike stand with their uids", async () => {
    const rehearsal = await o.rehearsed(emulator, () => api("PATCH", "/teams/crew/", { name: "C\u043ere" }));
    const acts = rehearsal.acts.map((row) => row.team!.displayName);
    expect(acts).toEqual([`${o.crew} (C\u043ere)`]);
  });

  it("of people that look alike stand with their uids", async () => {
    const alike = "b\u043eb@example.com";
    const [before, after] = [await emulator.state(), (await writes.remove(), await emulator.state())].map(
      (state) => new Map([[o.url, JSON.parse(JSON.stringify(state).replaceAll(email("dan"), alike)) as State]]),
    ) as [Map<string, State>, Map<string, State>];
    for (const { invitations } of after.get(o.url)!.organizations) invitations.splice(0);
    const { changes } = rehearsalOf({ ...nothingDone, before, after });
    const ofOrganization = changes.filter((row) => row.team === undefined);
    expect(ofOrganization.map(({ person }) => [person.email, person.alike])).toEqual([
      [email("bob"), true],
      [alike, true],
      [email("zoe"), undefined],
    ]);
  });

  it("of people in the mailbox are in lower case, as in the rows", async () => {
    const { emails, changes } = await o.rehearsed(emulator, () =>
      api("POST", "/invitations/", { email: "FAY@Example.com", role: "member" }),
    );
    expect([emails[0]!.to, changes[0]!.person.email, changes[0]!.emails]).toEqual([email("fay"), email("fay"), 1]);
  });

  it("of people whose address the keys cannot see are uids; the copy's address is not shown", async () => {
    await emulator.settings({ hideEmailsOf: [uids["bob"]!] });
    try {
      const rehearsal = await o.rehearsed(emulator, writes.remove, { was: [member("bob")], now: [] });
      expect(rehearsal.changes.map(o.lineOf)).toEqual([
        `loses ${uids["bob"]} acme: member* → none`,
        `loses ${uids["bob"]} Core: member → none (organization left)`,
      ]);
      expect(rehearsal.changes[0]!.person).toEqual({ userUid: uids["bob"] });
    } finally {
      await emulator.settings({ hideEmailsOf: [] });
    }
  });

  it("of people are their address of today: the state may record an earlier one", async () => {
    await emulator.readdress(email("bob"), "robert@example.com");
    const rehearsal = await o.rehearsed(emulator, writes.remove, { was: [member("bob")], now: [] });
    expect(rehearsal.changes.map(o.lineOf)).toEqual([
      "loses robert@example.com acme: member* → none",
      "loses robert@example.com Core: member → none (organization left)",
    ]);
  });

  it("are of one deployment: the same address is somebody else in another", async () => {
    const [one, two] = ["https://one.test/api/v1", "https://two.test/api/v1"];
    const before = await emulator.state();
    await emulator.clearLog();
    await writes.remove();
    const after = await emulator.state();
    const elsewhere = (state: State): State => {
      const other = (text: string) => text.replaceAll("0000-4000-8000", "0000-4000-9000");
      return JSON.parse(other(JSON.stringify(state))) as State;
    };
    const rehearsal = rehearsalOf({
      before: new Map([
        [one, before],
        [two, elsewhere(before)],
      ]),
      after: new Map([
        [one, after],
        [two, elsewhere(before)],
      ]),
      ...nothingDone,
    });
    expect(rehearsal.changes.map(({ organization: { uid }, person }) => [uid, person.userUid])).toEqual([
      [o.acme, uids["bob"]],
      [o.acme, uids["bob"]],
    ]);
  });
});

describe("secrets", () => {
  const told = {
    was: [
      member("bob", { email: o.secret(email("bob")), reason: o.secret("fired"), onDestroy: o.secret("retain") }),
      roster({}, { members: o.secret(`${email("ada")} lead\n${email("cleo")} member`) }),
      team("Core", { description: o.secret("the plan") }),
      member("ada", { role: "admin" }),
    ],
    now: [
      member("bob", { email: o.secret(email("bob")), reason: o.secret("promoted"), onDestroy: o.secret("remove") }),
      roster({}, { members: o.secret(`${email("ada")} lead`) }),
      team("Core", { description: o.secret("the new plan") }),
      member("ada", { role: "admin" }),
    ],
    failure: [`Cannot invite ${email("bob")}: the plan.`],
    leftFailure: `${email("bob")} is declared twice.`,
  };
  const act = async () => {
    await writes.promote();
    await writes.unlead();
    await writes.add();
    await api("PATCH", "/teams/core/", { description: "the new plan" });
  };

  it("are in no part of a report, though they are in the copy and in the states", async () => {
    const rehearsal = await o.rehearsed(emulator, act, told);
    expect(rehearsal.changes.map(o.lineOf)).toEqual([
      "role [secret] bob acme: member* → admin* (onDestroy [secret]>[secret]; reason [secret]>[secret])",
      "gains [secret] Core people 1 Core: none → member",
      "role ada@example.com Core: lead* → member*",
    ]);
    expect(rehearsal.acts.map(o.actText)).toEqual(["update Core (description >[secret])"]);
    const text = JSON.stringify(rehearsal);
    for (const secret of ["bob@", "cleo@", "fired", "promoted", "retain", "the plan", "the new plan"])
      expect(text).not.toContain(secret);
    expect(rehearsal.failure).toEqual(["Cannot invite [secret]: [secret]."]);
    expect(rehearsal.left.at(-1)).toBe("The next run: [secret] is declared twice.");
  });

  it("that stay as they are change nothing", async () => {
    const { changes, acts } = await o.rehearsed(emulator, writes.nothing, { was: told.was });
    expect({ changes, acts }).toEqual({ changes: [], acts: [] });
  });

  it("in the mailbox are shown as their resource", async () => {
    const { emails } = await o.rehearsed(emulator, () => writes.invite(), {
      now: [invited("fay", { email: o.secret(email("fay")) })],
    });
    expect(emails).toEqual([{ to: "[secret] fay", kind: "invitation" }]);
  });
});

describe("what is left", () => {
  const planned = (steps: Planned[]) => previewOf(previewDocument(steps));
  const teamStep: Planned = {
    kind: "Team",
    name: "Core",
    id: `${o.acme}/${o.core}`,
    was: { name: "Core" },
    is: { name: "Hub" },
  };
  const same = { kind: "OrganizationMember", name: "bob", id: `${o.acme}/${email("bob")}` } as const;
  const bob = { email: email("bob"), organization: o.acme, role: "member", status: "active" };

  it.each<[what: string, told: o.Told, expected: string[]]>([
    ["nothing", {}, []],
    ["a second preview of a failed run, which there is none", { left: undefined }, []],
    ["what stays the same", { left: planned([{ ...same, op: "same", was: bob, is: bob }]) }, []],
    [
      "a change of access",
      { left: planned([{ ...same, was: bob }]) },
      [`The next run: "bob@example.com" loses access, "${o.acme}": "member" → none.`],
    ],
    [
      "a change of a team",
      { left: planned([teamStep]) },
      ['The next run: team "Hub" of "' + o.acme + '" is changed (name: "Core" → "Hub").'],
    ],
    [
      "a step that changes nothing of access",
      { left: planned([{ ...same, was: { ...bob, username: "bob" }, is: bob }]) },
      ['The next run: update OrganizationMember "bob".'],
    ],
    [
      "a step of another package",
      { left: planned([{ kind: "Other", name: "bucket", is: {} }]) },
      ['The next run: create "urn:pulumi:test::project::aws:iam/user:User::bucket".'],
    ],
    [
      "whoever has to accept, and the teams after that",
      {
        was: [
          invited("zoe"),
          o.invitation("dan"),
          membership("Core", "zoe", { status: "waiting" }),
          membership("Crew", "zoe", { status: "waiting" }),
        ],
      },
      [
        '"dan@example.com" has to accept the invitation to "acme".',
        '"zoe@example.com" has to accept the invitation to "acme"; the run after that adds them to "Core" and "Crew".',
      ],
    ],
    ["an invitation that nobody manages", {}, []],
    ["an invitation that has expired", { was: [invited("eve", { status: "expired" })] }, []],
  ])("%s", async (_, told, expected) => {
    expect((await o.rehearsed(emulator, writes.nothing, told)).left).toEqual(expected);
  });
});

describe("requests", () => {
  it.each([
    [0, 0, 0],
    [100, 0, 0],
    [60, 41, 1],
    [250, 51, 3],
  ])("%d reads and %d writes take at least %d minutes", async (reads, writesSent, minutes) => {
    const of = (method: string, length: number) => Array.from({ length }, () => ({ method }));
    const requests = [...of("GET", reads), ...of("PATCH", writesSent)];
    const rehearsal = await o.rehearsed(emulator, writes.nothing, { requests });
    expect(rehearsal.requests).toEqual({ reads, writes: writesSent, minutes });
    expect(rehearsal.cost).toEqual({ reads, writes: writesSent, calls: reads + writesSent, minutes });
  });
});

it("shows the warnings of the run beside those of the preview, each once", async () => {
  const preview = { ...o.nothingPlanned, warnings: ["b", "a"] };
  const { diagnostics } = await o.rehearsed(emulator, writes.nothing, { preview, warnings: ["c", "b"] });
  expect(diagnostics).toEqual(["a", "b", "c"]);
});

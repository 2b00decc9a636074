import { type Button, buttonsOf, follow, send, textOf } from "./forms.js";
import type { State } from "../../emulator/src/index.js";
import { acme, emulated } from "./service.js";

const emulator = emulated();
const { api, control } = emulator;
const origin = () => new URL(emulator.url).origin;
const page = async () => (await fetch(origin())).text();

const state = async (): Promise<State> => (await control("GET", "/state")).body;

const name = (address: string) => address.replace("@example.com", "");

/** The emulator's content in short lines, one for each fact. */
async function facts(): Promise<string[]> {
  const { organizations, clockOffsetSeconds, people } = await state();
  const now = Date.UTC(2026, 0, 10, 12) + clockOffsetSeconds * 1000;
  const statusOf = ({ status, expiresAt = "" }: { status: string; expiresAt?: string | undefined }) =>
    status === "pending" && Date.parse(expiresAt) <= now ? "pending, expired" : status;
  return [
    `clock +${clockOffsetSeconds / 86_400} days`,
    `${people.length} people`,
    ...organizations.flatMap((row) => [
      `${row.name} (${row.slug})`,
      ...row.members.map(({ email, role }) => `${name(email)} ${role}`),
      ...row.teams.flatMap((team) => [
        `${team.name} (${team.slug})`,
        ...team.members.map(({ email, role }) => `${team.slug}: ${name(email)} ${role}`),
      ]),
      ...row.invitations.map((invitation) => `${name(invitation.email)} invited: ${statusOf(invitation)}`),
    ]),
  ];
}

const without = (from: string[], other: string[]) => from.filter((fact) => !other.includes(fact));

/** Somebody, or a program, changes the emulator while the page is open. */
type Meanwhile = () => Promise<unknown>;

interface Case {
  button: string;
  fields?: Record<string, string>;
  meanwhile?: Meanwhile;
  /** In place of what the button would send. */
  sends?: (uids: Record<string, string>) => Partial<Button>;
  gone?: string[];
  added?: string[];
  says: string;
  /** Part of the id of the element that the page leads to. */
  focus: string;
}

const invite = async (address: string, role = "member") =>
  (await api("POST", "/organizations/acme/invitations/", { email: address, role })).body.uid as string;

async function pressed({ button, fields, meanwhile, sends }: Case) {
  const html = await page();
  const found = buttonsOf(html).find((row) => row.name === button);
  if (!found)
    throw new Error(
      `The page has no button ${button}: ${buttonsOf(html)
        .map((row) => row.name)
        .join(", ")}`,
    );
  const { people } = await state();
  const uids = Object.fromEntries(people.map((row) => [name(row.email), row.uid]));
  await meanwhile?.();
  const before = await facts();
  const answer = await send(origin(), { ...found, ...sends?.(uids) }, fields);
  const shown = await follow(origin(), answer);
  const after = await facts();
  return { answer, shown, gone: without(before, after), added: without(after, before) };
}

const DONE: Case[] = [
  {
    button: "Accept first@example.com",
    gone: ["5 people", "first invited: pending"],
    added: ["6 people", "first member", "first invited: accepted"],
    says: "first@example.com accepted and is a member of Acme now.",
    focus: "accept-",
  },
  {
    button: "Accept second@example.com",
    gone: ["5 people", "second invited: pending"],
    added: ["6 people", "second admin", "second invited: accepted"],
    says: "second@example.com accepted and is an admin of Acme now.",
    focus: "accept-",
  },
  {
    button: "Accept second@example.com",
    meanwhile: async () =>
      control("POST", `/organizations/${await acmeUid()}/members`, { email: "second@example.com" }),
    gone: ["second invited: pending"],
    added: ["second invited: accepted"],
    says: "second@example.com accepted and stays a member of Acme.",
    focus: "accept-",
  },
  {
    button: "Decline first@example.com",
    gone: ["first invited: pending"],
    added: ["first invited: cancelled"],
    says: "first@example.com declined the invitation to Acme.",
    focus: "decline-",
  },
  {
    button: "Expire first@example.com",
    gone: ["first invited: pending"],
    added: ["first invited: pending, expired"],
    says: "The invitation of first@example.com to Acme has expired and is below Past invitations.",
    focus: "expire-",
  },
  {
    button: "Make admin: mia@example.com",
    gone: ["mia member"],
    added: ["mia admin"],
    says: "mia@example.com is an admin of Acme now.",
    focus: "role-acme-",
  },
  {
    button: "Make member: ada@example.com",
    gone: ["ada admin"],
    added: ["ada member"],
    says: "ada@example.com is a member of Acme now.",
    focus: "role-acme-",
  },
  {
    button: "Remove mia@example.com",
    gone: ["mia member"],
    says: "mia@example.com was removed from Acme and its teams.",
    focus: "remove-acme-",
  },
  {
    button: "Remove lee@example.com",
    gone: ["lee member", "core: lee lead"],
    says: "lee@example.com was removed from Acme and its teams; Core has no lead now.",
    focus: "remove-acme-",
  },
  {
    button: "Rename",
    fields: { name: "Acme Robotics" },
    gone: ["Acme (acme)"],
    added: ["Acme Robotics (acme)"],
    says: "Acme is called Acme Robotics now; its slug is acme.",
    focus: "rename-acme",
  },
  {
    button: "Rename",
    fields: { name: "Acme Robotics" },
    meanwhile: () => emulator.set({ slugFollowsName: true }),
    gone: ["Acme (acme)"],
    added: ["Acme Robotics (acme-robotics)"],
    says: "Acme is called Acme Robotics now; its slug is acme-robotics.",
    focus: "rename-acme-robotics",
  },
  {
    button: "Rename team",
    fields: { name: "Kernel" },
    gone: ["Core (core)"],
    added: ["Kernel (core)"],
    says: "The team Core is called Kernel now; its slug is core.",
    focus: "team-rename-acme",
  },
  {
    button: "Add",
    fields: { email: "eve@partner.example.org" },
    gone: ["5 people"],
    added: ["6 people", "eve@partner.example.org member"],
    says: "eve@partner.example.org is a member of Acme now, without an invitation.",
    focus: "add-acme",
  },
  {
    button: "Add",
    fields: { email: "zoe@example.com", role: "admin" },
    added: ["zoe admin"],
    says: "zoe@example.com is an admin of Acme now, without an invitation.",
    focus: "add-acme",
  },
  {
    button: "Add",
    fields: { email: "first@example.com" },
    gone: ["5 people"],
    added: ["6 people", "first member"],
    says: "first@example.com is a member of Acme now, without an invitation; the invitation of this address stays open.",
    focus: "add-acme",
  },
  {
    button: "Make member",
    fields: { email: "mia@example.com" },
    added: ["core: mia member"],
    says: "mia@example.com is a member of the team Core now.",
    focus: "team-member-acme",
  },
  {
    button: "Make lead",
    fields: { email: "MIA@example.com" },
    added: ["core: mia lead"],
    says: "mia@example.com is a lead of the team Core now.",
    focus: "lead-acme",
  },
  {
    button: "Make member",
    fields: { email: "lee@example.com" },
    gone: ["core: lee lead"],
    added: ["core: lee member"],
    says: "lee@example.com is a member of the team Core now; Core has no lead now.",
    focus: "team-member-acme",
  },
  {
    button: "Remove from team",
    fields: { email: "lee@example.com" },
    gone: ["core: lee lead"],
    says: "lee@example.com was removed from the team Core; Core has no lead now.",
    focus: "leave-team-acme",
  },
  {
    button: "Move the clock forward: +1 day",
    gone: ["clock +0 days"],
    added: ["clock +1 days"],
    says: "The clock moved forward by 1 day to 2026-01-11 12:00 UTC; no invitation expired.",
    focus: "clock-1",
  },
  {
    button: "Move the clock forward: +14 days",
    gone: ["clock +0 days", "first invited: pending", "second invited: pending"],
    added: ["clock +14 days", "first invited: pending, expired", "second invited: pending, expired"],
    says: "The clock moved forward by 14 days to 2026-01-24 12:00 UTC; 2 invitations expired.",
    focus: "clock-14",
  },
];

const acmeUid = async (): Promise<string> => (await state()).organizations[0]!.uid;
const respond = (address: string, act: string) => async () => {
  const { invitations } = (await state()).organizations[0]!;
  return control("POST", `/invitations/${invitations.find((row) => row.email === address)!.uid}/${act}`);
};
const leave = (person: string) => () => api("POST", "/organizations/acme/leave/", undefined, `avk_${person}`);
const deleteOrganization = () => api("DELETE", "/organizations/acme/");
const deleteTeam = () => api("DELETE", "/organizations/acme/teams/core/");
const softDelete = async () => {
  await emulator.set({ organizationDelete: "soft" });
  await deleteOrganization();
};
const GONE = "this organization does not exist any more.";
const DELETED = "Acme is deleted and can only be read.";
const OWNER = "owner@example.com owns Acme, and an organization keeps its owner until the ownership is transferred.";

const REFUSED: Case[] = [
  {
    button: "Accept first@example.com",
    meanwhile: respond("first@example.com", "decline"),
    says: "the invitation of first@example.com was declined or cancelled already.",
    focus: "accept-",
  },
  {
    button: "Decline first@example.com",
    meanwhile: respond("first@example.com", "accept"),
    says: "the invitation of first@example.com was accepted already.",
    focus: "decline-",
  },
  {
    button: "Accept first@example.com",
    meanwhile: respond("first@example.com", "expire"),
    says: "the invitation of first@example.com has expired already.",
    focus: "accept-",
  },
  {
    button: "Expire first@example.com",
    meanwhile: () => emulator.advance(15 * 86_400),
    says: "the invitation of first@example.com has expired already.",
    focus: "fold-acme",
  },
  {
    button: "Accept first@example.com",
    meanwhile: () => emulator.reset(acme()),
    says: "this invitation does not exist any more.",
    focus: "",
  },
  { button: "Accept first@example.com", meanwhile: softDelete, says: DELETED, focus: "fold-acme" },
  {
    button: "Make admin: mia@example.com",
    meanwhile: leave("mia"),
    says: "mia@example.com is not a member of Acme any more.",
    focus: "fold-acme",
  },
  {
    button: "Remove mia@example.com",
    meanwhile: leave("mia"),
    says: "mia@example.com is not a member of Acme any more.",
    focus: "fold-acme",
  },
  {
    button: "Remove mia@example.com",
    meanwhile: () => control("POST", "/reset", { seed: { ...acme(), organizations: [] } }),
    says: GONE,
    focus: "",
  },
  { button: "Remove mia@example.com", meanwhile: () => emulator.reset(acme()), says: GONE, focus: "" },
  {
    button: "Make admin: mia@example.com",
    meanwhile: async () =>
      api("PATCH", `/organizations/acme/members/${await emulator.uidOf("mia")}/role/`, { role: "admin" }),
    says: "mia@example.com is an admin of Acme already.",
    focus: "role-acme-",
  },
  {
    button: "Remove mia@example.com",
    sends: ({ owner }) => ({ act: `remove ${owner}` }),
    says: OWNER,
    focus: "fold-acme",
  },
  {
    button: "Make member: ada@example.com",
    sends: ({ owner }) => ({ act: `demote ${owner}` }),
    says: OWNER,
    focus: "fold-acme",
  },
  {
    button: "Make admin: mia@example.com",
    sends: ({ owner }) => ({ act: `promote ${owner}` }),
    says: OWNER,
    focus: "fold-acme",
  },
  {
    button: "Remove mia@example.com",
    sends: () => ({ act: "remove 11111111-1111-4111-8111-111111111111" }),
    says: "this person is not a member of Acme any more.",
    focus: "fold-acme",
  },
  { button: "Remove mia@example.com", meanwhile: softDelete, says: DELETED, focus: "fold-acme" },
  {
    button: "Add",
    fields: { email: "ADA@example.com" },
    says: "ADA@example.com is a member of Acme already.",
    focus: "add-acme",
  },
  {
    button: "Add",
    fields: { email: "eve" },
    says: "the address is not accepted: enter a valid email address.",
    focus: "add-acme",
  },
  { button: "Add", says: "enter the address first.", focus: "add-acme" },
  { button: "Add", fields: { email: "eve@example.com" }, meanwhile: deleteOrganization, says: GONE, focus: "" },
  { button: "Rename", fields: { name: " Acme " }, says: "Acme has this name already.", focus: "rename-acme" },
  { button: "Rename", fields: { name: " " }, says: "enter the name first.", focus: "rename-acme" },
  {
    button: "Rename",
    fields: { name: "x".repeat(1025) },
    says: "the name is not accepted: ensure this field has no more than 1024 characters.",
    focus: "rename-acme",
  },
  { button: "Rename team", fields: { name: "Core" }, says: "Core has this name already.", focus: "team-rename-acme" },
  { button: "Rename team", says: "enter the name first.", focus: "team-rename-acme" },
  {
    button: "Rename team",
    fields: { name: "Kernel" },
    meanwhile: deleteTeam,
    says: "Acme has no team.",
    focus: "fold-acme",
  },
  {
    button: "Rename team",
    fields: { name: "Kernel", team: "x" },
    says: "this team of Acme does not exist any more.",
    focus: "team-rename-acme",
  },
  {
    button: "Make lead",
    fields: { email: "lee@example.com" },
    says: "lee@example.com is a lead of the team Core already.",
    focus: "lead-acme",
  },
  {
    button: "Make lead",
    fields: { email: "zoe@example.com" },
    says: "zoe@example.com is not a member of Acme; add the person there first.",
    focus: "lead-acme",
  },
  {
    button: "Make member",
    fields: { email: "nobody@example.com" },
    says: "nobody@example.com is not a member of Acme; add the person there first.",
    focus: "team-member-acme",
  },
  { button: "Make member", says: "enter the address first.", focus: "team-member-acme" },
  {
    button: "Make member",
    fields: { email: "lee@example.com" },
    meanwhile: deleteTeam,
    says: "Acme has no team.",
    focus: "fold-acme",
  },
  {
    button: "Remove from team",
    fields: { email: "mia@example.com" },
    says: "mia@example.com is not in the team Core.",
    focus: "leave-team-acme",
  },
  {
    button: "Move the clock forward: +1 day",
    sends: () => ({ act: "clock -1" }),
    says: "the clock moves by 1 day or by 14 days.",
    focus: "",
  },
  {
    button: "Start over",
    fields: { example: "none" },
    says: "choose an example from the list first.",
    focus: "start-over",
  },
  {
    button: "Start over",
    sends: () => ({ act: "constructor" }),
    says: "this page does not have such a button.",
    focus: "",
  },
  { button: "Start over", sends: () => ({ act: "" }), says: "this page does not have such a button.", focus: "" },
];

const title = ({ button, fields, says }: Case) =>
  [button, ...Object.values(fields ?? {}).map((value) => value.slice(0, 30))].join(" ") + `: ${says}`;
const titled = (cases: Case[]) => cases.map((each) => [title(each), each] as const);

describe("buttons of the page", () => {
  beforeEach(async () => {
    await invite("first@example.com");
    await invite("second@example.com", "admin");
  });

  it.each(titled(DONE))("%s", async (_title, each) => {
    const { answer, shown, gone, added } = await pressed(each);
    expect(answer.status).toBe(303);
    expect({ gone, added }).toEqual({ gone: each.gone ?? [], added: each.added ?? [] });
    expect([shown.said, shown.state]).toEqual([each.says, "done"]);
    expect(shown).toMatchObject({ focus: expect.stringContaining(each.focus), hasFocus: true });
  });

  it.each(titled(REFUSED))("refused: %s", async (_title, each) => {
    const { answer, shown, gone, added } = await pressed(each);
    expect(answer.status).toBe(303);
    expect({ gone, added }).toEqual({ gone: [], added: [] });
    expect([shown.said, shown.state]).toEqual([`Nothing was changed: ${each.says}`, "refused"]);
    expect(shown.focus.startsWith(each.focus)).toBe(true);
    expect(shown.hasFocus).toBe(each.focus !== "");
  });

  it("are all in the table of acts that succeed", async () => {
    const acts = async () => buttonsOf(await page()).map(({ act }) => act.split(" ")[0]!);
    const tested = DONE.map(({ button }) => button);
    const html = await page();
    const shown = buttonsOf(html);
    const covered = new Set(shown.filter((row) => tested.includes(row.name)).map(({ act }) => act.split(" ")[0]));
    expect(new Set(await acts())).toEqual(new Set([...covered, "start-over"]));
    await control("POST", "/reset");
    expect(new Set(await acts())).toEqual(new Set(["clock", "start-over"]));
  });

  it("do not exist for the owner, and for a deleted organization", async () => {
    expect(buttonsOf(await page()).filter((row) => row.name.includes("owner@"))).toEqual([]);
    await softDelete();
    const html = await page();
    expect(new Set(buttonsOf(html).map(({ act }) => act.split(" ")[0]))).toEqual(new Set(["clock", "start-over"]));
    expect(textOf(html)).toContain("Acme acme deleted");
  });
});

describe("starting over", () => {
  const EXAMPLES = [
    ["robotics", { organizations: 1, people: 40, teams: 6, waiting: 5, expired: 1, emails: 7 }],
    ["agency", { organizations: 2, people: 9, teams: 2, waiting: 1, expired: 1, emails: 3 }],
    ["large", { organizations: 1, people: 300, teams: 30, waiting: 6, expired: 1, emails: 8 }],
    ["empty", { organizations: 0, people: 1, teams: 0, waiting: 0, expired: 0, emails: 0 }],
  ] as const;

  it.each(EXAMPLES)(
    "with the example %s",
    async (example, { organizations, people, teams, waiting, expired, emails }) => {
      await emulator.advance(86_400);
      const { shown } = await pressed({ button: "Start over", fields: { example }, says: "", focus: "" });
      const text = textOf(shown.html);
      expect(text).toContain(
        `${organizations} organization${organizations === 1 ? "" : "s"} ${people} ${people === 1 ? "person" : "people"} ${teams} teams ` +
          `${waiting} ${waiting === 1 ? "invitation" : "invitations"} waiting ${expired} ${expired === 1 ? "invitation" : "invitations"} expired ${emails} emails sent`,
      );
      expect(shown.said).toBe(
        organizations === 0
          ? "Everything was deleted; only owner@example.com is there."
          : `Everything was replaced by ${organizations} organization${organizations === 1 ? "" : "s"} and ${people} people.`,
      );
      expect(shown.focus).toBe("start-over");
      const { clockOffsetSeconds, people: seeded } = await state();
      expect([clockOffsetSeconds, seeded.length]).toEqual([0, people]);
      // The examples are content that programs can work with.
      expect((await api("GET", "/organizations/")).body.count).toBe(organizations);
    },
  );

  it("from the first steps of an empty emulator leads to the example organization", async () => {
    await control("POST", "/reset");
    const { shown } = await pressed({ button: "Load an example organization", says: "", focus: "" });
    expect(shown).toMatchObject({ focus: "fold-acme-robotics", hasFocus: true, state: "done" });
  });
});

import type { Seed } from "../../../emulator/src/index.js";
import { previewOf, type Kind } from "../../../cli/pulumi/preview.js";
import { rehearsalOf, type Observed, type Rehearsal } from "../../../cli/rehearse/outcome.js";
import type { ActRow, ChangeRow, Stand } from "../../../cli/review/report.js";
import type { TestEmulator } from "../../support/emulator.js";
import { previewDocument } from "../previews.js";

/** Rehearsals of what tests do to an emulator, in place of a run. */

export const uid = (digits: string) => `${digits.padStart(8, "0")}-0000-4000-8000-000000000000`;
export const [acme, core, crew] = [uid("ace"), uid("c0"), uid("c1")];
const people = ["owner", "ada", "bob", "cleo", "zoe"] as const;
export const email = (name: string) => `${name}@example.com`;
export const uids = Object.fromEntries(people.map((name, at) => [name, uid(`a${at}`)])) as Record<string, string>;

/** Ada is admin, leads Core and owns a key; Bob and Cleo are members, Bob also of Core; Zoe and Dan are invited, Eve's invitation has expired. */
export const seed: Seed = {
  keys: [{ key: "ada's key", email: email("ada") }],
  people: people.map((name) => ({ email: email(name), uid: uids[name]! })),
  organizations: [
    {
      uid: acme,
      name: "acme",
      slug: "acme",
      members: [
        { email: email("owner"), role: "owner" },
        { email: email("ada"), role: "admin" },
        { email: email("bob") },
        { email: email("cleo") },
      ],
      invitations: [
        { email: email("zoe"), uid: uid("e0") },
        { email: email("dan"), uid: uid("e1"), role: "admin" },
        { email: email("eve"), uid: uid("e2"), expiresAt: "2020-01-01T00:00:00.000Z" },
      ],
      teams: [
        {
          uid: core,
          name: "Core",
          slug: "core",
          members: [{ email: email("ada"), role: "lead" }, { email: email("bob") }],
        },
        { uid: crew, name: "Crew", slug: "crew" },
      ],
    },
  ],
};

/** A resource of an exported state. */
export interface Declared {
  kind: Kind;
  name: string;
  id: string;
  outputs?: Record<string, unknown>;
  /** Name of its explicit provider. */
  provider?: string;
}

export const urnOf = ({ kind, name }: Pick<Declared, "kind" | "name">) =>
  `urn:pulumi:test::project::pulumi-nodejs:dynamic/avala:${kind}::${name}`;

export function exported(resources: readonly Declared[]): unknown {
  return {
    version: 3,
    deployment: {
      resources: resources.map(({ kind, name, id, outputs = {}, provider = "default" }) => ({
        urn: urnOf({ kind, name }),
        custom: true,
        type: `pulumi-nodejs:dynamic/avala:${kind}`,
        id,
        outputs: { __v: 1, ...outputs },
        provider: `urn:pulumi:test::project::pulumi:providers:pulumi-nodejs::${provider}::1`,
      })),
    },
  };
}

/** As `pulumi stack export --show-secrets` holds a secret. */
export const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});

export const member = (name: string, outputs: Record<string, unknown> = {}): Declared => ({
  kind: "OrganizationMember",
  name,
  id: `${acme}/${email(name)}`,
  outputs: {
    email: email(name),
    role: "member",
    status: "active",
    onExpiry: "report",
    maxEmails: 3,
    ...(uids[name] && { userUid: uids[name] }),
    ...outputs,
  },
});
export const invited = (name: string, outputs: Record<string, unknown> = {}) =>
  member(name, { status: "invited", userUid: undefined, ...outputs });
export const invitation = (name: string, outputs: Record<string, unknown> = {}): Declared => ({
  ...member(name, { status: "invited", userUid: undefined, ...outputs }),
  kind: "Invitation",
});
export const membership = (team: string, name: string, outputs: Record<string, unknown> = {}): Declared => ({
  kind: "TeamMembership",
  name: `${team} ${name}`,
  id: `${acme}/${team === "Core" ? core : crew}/${email(name)}`,
  outputs: { email: email(name), role: "member", status: "active", ...outputs },
});
export const roster = (members: Record<string, string>, outputs: Record<string, unknown> = {}): Declared => ({
  kind: "TeamRoster",
  name: "Core people",
  id: `${acme}/${core}`,
  outputs: {
    members: Object.entries(members)
      .map(([name, role]) => `${email(name)} ${role}`)
      .join("\n"),
    waiting: "",
    unmanagedMembers: "",
    ...outputs,
  },
});
export const organization = (outputs: Record<string, unknown> = {}): Declared => ({
  kind: "Organization",
  name: "acme",
  id: acme,
  outputs: { name: "acme", slug: "acme", ...outputs },
});
export const team = (name: "Core" | "Crew", outputs: Record<string, unknown> = {}): Declared => ({
  kind: "Team",
  name,
  id: `${acme}/${name === "Core" ? core : crew}`,
  outputs: { name, slug: name.toLowerCase(), organization: acme, ...outputs },
});

export const url = "https://avala.test/api/v1";
export const nothingPlanned = previewOf(previewDocument([]));

export interface Told extends Partial<Omit<Observed, "stateBefore" | "stateAfter" | "before" | "after">> {
  /** The resources of the state; without `now` they stay as they are. */
  was?: readonly Declared[];
  now?: readonly Declared[] | (() => readonly Declared[]);
}

/** Does something to an emulator, and reports it as if a run had done it. */
export async function rehearsed(
  emulator: TestEmulator,
  act: () => Promise<unknown>,
  { was = [], now = was, ...told }: Told = {},
): Promise<Rehearsal> {
  const before = await emulator.state();
  await emulator.clearLog();
  await act();
  const after = await emulator.state();
  const sent = await emulator.emails();
  const organizationOf = (invitationUid: string) =>
    [...after.organizations, ...before.organizations].find(({ invitations }) =>
      invitations.some((row) => row.uid === invitationUid),
    )!.uid;
  return rehearsalOf({
    before: new Map([[url, before]]),
    after: new Map([[url, after]]),
    emails: sent.map(({ to, kind, invitationUid }) => ({ to, kind, organization: organizationOf(invitationUid) })),
    requests: await emulator.requests(),
    stateBefore: exported(was),
    stateAfter: exported(typeof now === "function" ? now() : now),
    preview: nothingPlanned,
    left: nothingPlanned,
    failure: [],
    notes: [],
    standards: { maxRemovals: 10, domains: [] },
    ...told,
  });
}

/** "loses bob@example.com Core: member → none (team deleted)": managed access has a star. */
export function lineOf({ effect, organization, team, person, before, after, ...row }: ChangeRow): string {
  const place = team?.name ?? organization.name;
  const notes = [
    row.emails > 0 && `${row.emails} email`,
    row.cause,
    row.unblocked && "unblocked",
    row.moved && `${row.moved.from ?? ""}>${row.moved.to ?? ""}`,
    ...row.fields.map(({ name, before: was, after: now }) => `${name} ${was ?? ""}>${now ?? ""}`),
  ].filter((note) => typeof note === "string");
  const who = person.hidden ?? person.email ?? person.userUid;
  return `${effect} ${who} ${place}: ${standText(before)} → ${standText(after)}${notes.length > 0 ? ` (${notes.join("; ")})` : ""}`;
}

function standText(stand: Stand | undefined): string {
  if (!stand) return "none";
  const { role, standing, managed } = stand;
  return `${standing === "has" ? "" : `${standing} `}${role}${managed ? "*" : ""}`;
}

export function actText({ act, organization, team, fields, forced }: ActRow): string {
  const details = fields.map(({ name, before, after }) => `${name} ${before ?? ""}>${after ?? ""}`);
  return `${act} ${team?.name ?? organization.name}${forced ? " forced" : ""}${details.length > 0 ? ` (${details.join("; ")})` : ""}`;
}

export const linesOf = ({ changes, acts }: Pick<Rehearsal, "changes" | "acts">) => [
  ...changes.map(lineOf),
  ...acts.map(actText),
];

import { normalizeEmail } from "../../provider/core/address.js";
import type { Snapshot } from "../../provider/snapshot/index.js";
import { defineCommand, sharedOptions, type Invocation } from "../command.js";
import { withSession } from "../session.js";
import { managedIn } from "../pulumi/managed.js";
import { Mask } from "../pulumi/mask.js";
import { findState, noState, stateFile } from "../pulumi/state.js";
import { declarationsIn, type Declaration, type Recorded } from "../membership/declarations.js";
import { judge, judgeInvitation, judgeTime } from "../membership/standing.js";
import { lookAt, type Live } from "../membership/live.js";
import { asJson, show, type Item, type Report } from "./report.js";

const options = {
  organization: {
    type: "string",
    short: "o",
    multiple: true,
    value: "<slug or uid>",
    description: "Only this organization, with all its invitations, managed or not. May be repeated.",
  },
  state: stateFile,
  ...sharedOptions,
} as const;

export const status = defineCommand({
  name: "status",
  summary: "List pending invitations and memberships, and expired access.",
  operands: [],
  options,
  about: [
    "Lists, for the people declared in the stack: pending invitations and team memberships, with their dates; steps that are ready to apply; expired invitations; people who are gone; and access whose declared end (validUntil) has passed. The stack's state is compared with the current organizations; nothing is changed in Avala or in the state.",
    "With --organization it reports only that organization, including unmanaged invitations, and needs no project.",
  ],
  sends: [
    "GET /organizations/, and for each organization GET /organizations/{slug}/members/ and …/invitations/",
    "GET /organizations/{slug}/teams/  if a pending team membership is in a team that the stack does not declare",
  ],
  examples: [
    "status",
    "status --stack prod --cwd infra",
    "status --organization acme",
    "status --json | jq '.waiting[].email'",
    "status --state - < exported.json",
  ],
  run: runStatus,
});

async function runStatus(invocation: Invocation<typeof options>): Promise<void> {
  const { options, terminal } = invocation;
  const state = await recordedState(invocation);
  const recorded = declarationsIn(state);
  const mask = new Mask(managedIn(state));
  const report = await withSession(invocation, async (session) => {
    const snapshot = session.loadSnapshot();
    const wanted = await Promise.all(options.organization.map((one) => snapshot.organization(one)));
    return reportOn(
      snapshot,
      recorded,
      wanted.map(({ uid }) => uid),
    );
  });
  for (const note of report.organizations.flatMap(({ notes }) => notes)) terminal.note(note);
  if (options.json) terminal.json(mask.all(asJson(report)));
  else show(report, terminal, mask);
}

async function recordedState(invocation: Invocation<typeof options>): Promise<unknown> {
  const { stack, cwd, organization } = invocation.options;
  const state = await findState(invocation);
  if (state !== undefined) return state;
  if (organization.length > 0 && stack === undefined && cwd === undefined) return { deployment: {} };
  throw noState("--organization <slug>");
}

/** @param only organizations by uid that were asked for; all where none are */
async function reportOn(snapshot: Snapshot, recorded: Recorded, only: readonly string[]): Promise<Report> {
  const declarations = recorded.declarations.filter(
    ({ organizationUid }) => only.length === 0 || only.includes(organizationUid),
  );
  const uids = [...new Set([...only, ...declarations.map(({ organizationUid }) => organizationUid)])];
  const organizations = await Promise.all(uids.map((uid) => lookAt(snapshot, uid)));
  const byUid = new Map(organizations.map((live) => [live.uid, live]));
  const declared = await Promise.all(
    declarations.map((one) => itemsOf(one, byUid.get(one.organizationUid)!, recorded.teamNames)),
  );
  const unmanaged = only.flatMap((uid) => unmanagedInvitations(byUid.get(uid)!, declarations));
  return { items: [...endedTogether(declared.flat()), ...unmanaged], organizations, declared: declarations.length };
}

/** Who has gone, or cannot accept any more, and is not invited anew does not wait for their teams either. */
function endedTogether(items: Item[]): Item[] {
  const nameOf = ({ person: { email, userUid } }: Item) => email ?? userUid;
  const ended = items.filter(({ group, team }) => group === "ended" && team === undefined);
  return items.map((item) => {
    if (item.team === undefined || item.group !== "waiting" || item.awaits === "acceptance") return item;
    const why = ended.find((one) => one.organization === item.organization && nameOf(one) === nameOf(item));
    if (why === undefined) return item;
    const { group, outcome, message, until } = why;
    return { ...item, group, message, ...(outcome && { outcome }), until, awaits: undefined };
  });
}

async function itemsOf(declaration: Declaration, live: Live, teamNames: Recorded["teamNames"]): Promise<Item[]> {
  const stands = await judge(declaration, live);
  const late = stands?.group === "ended" ? undefined : judgeTime(declaration);
  const findings = [stands, late].filter((finding) => finding !== undefined);
  if (findings.length === 0) return [];
  const { email, userUid, username, role, teamUid: uid } = declaration;
  const team = uid === undefined ? undefined : { uid, name: teamNames.get(uid) ?? (await live.teamName(uid)) };
  const person = { email, userUid, username };
  return findings.map((finding) => ({ ...finding, organization: live, declaration, person, role, team }));
}

/** Invitations that no resource declares. */
function unmanagedInvitations(live: Live, declarations: readonly Declaration[]): Item[] {
  const known = new Set(
    declarations
      .filter((one) => one.organizationUid === live.uid && one.teamUid === undefined)
      .map(({ email }) => email),
  );
  return (live.invitations ?? [])
    .filter(({ email }) => email === undefined || !known.has(normalizeEmail(email)))
    .map((row) => ({
      ...judgeInvitation(row),
      organization: live,
      declaration: undefined,
      person: { email: row.email ?? "(address hidden)" },
      role: row.role,
      team: undefined,
    }));
}

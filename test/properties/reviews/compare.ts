import type { TestEmulator } from "../../support/emulator.js";
import type { ActRow, ChangeRow, Review, Stand } from "../../../cli/review/report.js";

type State = Awaited<ReturnType<TestEmulator["state"]>>;

/** What a person has in an organization (team undefined) or team: a role, or an invitation. */
interface Held {
  slug: string;
  team: string | undefined;
  email: string;
  value: string;
}

const keyOf = ({ slug, team, email }: Pick<Held, "slug" | "team" | "email">) => JSON.stringify([slug, team, email]);

function heldIn({ organizations }: State): Map<string, Held> {
  const all = organizations.flatMap(({ slug = "", members, invitations, teams }): Held[] => [
    ...invitations
      // One that has expired gives nothing, though it is listed until somebody cancels it.
      .filter(({ status, expiresAt }) => status === "pending" && Date.parse(expiresAt ?? "") > Date.now())
      .map(({ email, role }) => ({ slug, team: undefined, email, value: `invited as ${role}` })),
    ...members.map(({ email, role }) => ({ slug, team: undefined, email, value: role })),
    ...teams.flatMap(({ name, members: inside }) =>
      inside.map(({ email, role }) => ({ slug, team: name, email, value: role })),
    ),
  ]);
  return new Map(all.map((held) => [keyOf(held), held]));
}

/** A change that really came about. */
export interface Real {
  slug: string;
  team: string | undefined;
  email: string;
  before: string | undefined;
  after: string | undefined;
}

export function realChanges(before: State, after: State): Real[] {
  const [was, is] = [heldIn(before), heldIn(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const { slug, team, email } = (was.get(key) ?? is.get(key))!;
    const change = { slug, team, email, before: was.get(key)?.value, after: is.get(key)?.value };
    return change.before === change.after ? [] : [change];
  });
}

export const textOf = ({ slug, team, email, before, after }: Real) =>
  `${email} in ${team === undefined ? slug : `${team} of ${slug}`}: ${before ?? "nothing"} → ${after ?? "nothing"}`;

const losing = new Set<ChangeRow["effect"]>(["loses", "withdrawn"]);
const gaining = new Set<ChangeRow["effect"]>(["gains", "invited", "waits", "accepted", "role"]);

/** The names of organizations are their slugs in these programs. */
function isAt(row: Pick<ChangeRow | ActRow, "organization" | "team">, { slug, team }: Real): boolean {
  return row.organization.name === slug && row.team?.name === team;
}

/** Whether an act of the review says that people whom it does not name may lose access, or get any. */
function isCoveredByAct({ acts }: Review, real: Real): boolean {
  return acts.some((row) => {
    const ends = row.act === "delete" && (row.team === undefined || row.team.name === real.team);
    const removes = (ends || (row.act === "removeUnlisted" && isAt(row, real))) && real.after === undefined;
    const isHidden = row.act === "membersUnknown" && isAt(row, real);
    return row.organization.name === real.slug && (removes || isHidden);
  });
}

/** What `up` did, and the review did not say. */
export function unsaid(review: Review, changes: readonly Real[]): string[] {
  return changes.filter((real) => !isSaid(review, real)).map(textOf);
}

function isSaid(review: Review, real: Real): boolean {
  const rows = review.changes.filter((row) => isAt(row, real) && row.person.email === real.email);
  const isHidden = (role: string | undefined) => role?.startsWith("[") === true;
  if (isCoveredByAct(review, real)) return true;
  if (real.after === undefined) {
    // Who loses the organization loses all of its teams, also those that no resource declares.
    const leaves = { ...real, team: undefined };
    return review.changes.some(
      (row) => (isAt(row, real) || isAt(row, leaves)) && row.person.email === real.email && losing.has(row.effect),
    );
  }
  const role = real.after.replace("invited as ", "");
  const isRole = (row: ChangeRow) => row.after?.role === role || isHidden(row.after?.role);
  const isGrave = role === "admin" && !real.before?.endsWith("admin");
  const warned = review.warnings.some(
    (row) => row.rule === "admin-grants" && isAt(row, real) && row.person?.email === real.email,
  );
  return rows.some((row) => gaining.has(row.effect) && isRole(row)) && (!isGrave || real.team !== undefined || warned);
}

/** Who got more emails than the review said. */
export function unsaidEmails(review: Review, emails: readonly { to: string }[]): string[] {
  const sent = new Map<string, number>();
  for (const { to } of emails) sent.set(to, (sent.get(to) ?? 0) + 1);
  return [...sent].flatMap(([to, count]) => {
    const said = review.changes.filter(({ person }) => person.email === to).reduce((sum, row) => sum + row.emails, 0);
    return count > said ? [`${to}: ${count} emails, ${said} in the review`] : [];
  });
}

/** Losses that the review said, and that did not come about: a review may say more. */
export function overstated(review: Review, changes: readonly Real[]): string[] {
  return review.changes
    .filter(
      (row) => row.effect === "loses" && !changes.some((real) => isAt(row, real) && row.person.email === real.email),
    )
    .map(({ person, organization, team }) => `${person.email} loses ${team?.name ?? organization.name}`);
}

/** What a stand of a report means in the terms of the emulator's state. */
function valueOf(stand: Stand | undefined): string | undefined {
  if (stand === undefined || stand.standing === "waiting" || stand.standing === "lapsed") return undefined;
  return stand.standing === "invited" ? `invited as ${stand.role}` : stand.role;
}

/** The changes of access that a rehearsal has observed. A team that is replaced by one of its name is the same here. */
export function rehearsedChanges({ changes }: Review): Real[] {
  const found = new Map<string, Real>();
  for (const { organization, team, person, before, after } of changes) {
    const at = { slug: organization.name, team: team?.name, email: person.email! };
    const [was, is] = [valueOf(before), valueOf(after)];
    const other = found.get(keyOf(at));
    found.set(keyOf(at), { ...at, before: was ?? other?.before, after: is ?? other?.after });
  }
  return [...found.values()].filter(({ before, after }) => before !== after);
}

/** What only one of two lists contains, marked with its side. */
export function differing(rehearsed: readonly string[], really: readonly string[]): string[] {
  const left = [...really];
  const only = rehearsed.filter((text) => {
    const at = left.indexOf(text);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
  return [...only.map((text) => `only rehearsed: ${text}`), ...left.map((text) => `not rehearsed: ${text}`)];
}

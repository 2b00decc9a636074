import type { Kind, Properties } from "../../../support/host.js";
import type { Recorded } from "../../../support/stack.js";
import type { Change } from "../changes.js";
import { teamMembershipsHeld } from "../held.js";
import { changesOf, hold, type Observed } from "../observed.js";
import {
  addressOf,
  lower,
  organizationOf,
  rolesIn,
  teamId,
  uidOf,
  type OrganizationRow,
  type Service,
} from "../service.js";

const ownerOf = ({ members }: OrganizationRow) => members.find(({ role }) => role === "owner")?.email;

/** Each organization keeps its owner. */
export function keepsOwners({ before, after, calls }: Observed): void {
  const broken = after.organizations.flatMap((now) => {
    const was = before.organizations.find(({ uid }) => uid === now.uid);
    const owners = now.members.filter(({ role }) => role === "owner").map(({ email }) => email);
    if (owners.length === 1 && (was === undefined || ownerOf(was) === owners[0])) return [];
    return [`organization ${now.uid} had ${(was && ownerOf(was)) ?? "none"}, and has ${owners.join() || "none"}`];
  });
  const asked = [before, after].flatMap((service) =>
    service.organizations.flatMap((row) => {
      const member = `/organizations/${row.slug}/members/${uidOf(service, ownerOf(row)!)}/`;
      return calls.filter((call) => !call.startsWith("GET ") && call.includes(member));
    }),
  );
  hold("An organization has one owner and keeps them", [...broken, ...asked]);
}

/**
 * The API key's user keeps their role and their membership of the organization. If the service does not say who they are,
 * this holds as far as their role distinguishes them from others: the only person with the role keeps it; of several, at
 * least one keeps it. (If reads lag, the list may show others who no longer have it.)
 */
export function keepsOwnAccess({ before, after, others, keyPerson, stale, faulty }: Observed): void {
  if (others.length > 0) return;
  const isReported = before.settings.currentUser === "full" && !faulty;
  if (!isReported && stale) return;
  const broken = before.organizations.flatMap((was) => {
    const role = rolesIn(before, was.members).get(keyPerson);
    const now = organizationOf(after, was.uid);
    if (role === undefined || role === "member" || !now) return [];
    const kept = isReported
      ? rolesIn(after, now.members).get(keyPerson) === role
      : now.members.some((row) => row.role === role);
    return kept
      ? []
      : [`${isReported ? keyPerson : "nobody"} is ${isReported ? "not " : ""}${role} of ${was.name} any more`];
  });
  hold("A run does not take away the role that its key needs", broken);
}

/**
 * No run removes more people from one organization or team than it may, in any way; people removed by a deletion above them
 * count too, and so do cancelled invitations.
 */
export function stopsRemovals(run: Observed): void {
  const { before, maxRemovals } = run;
  const gone = new Map<string, Set<string>>();
  const count = (scope: string, people: Iterable<string>) =>
    gone.set(scope, new Set([...(gone.get(scope) ?? []), ...people]));
  const changes = changesOf(run);
  const invited = new Set(
    changes.flatMap((change) => (change.what === "invited" ? [`${change.organization} ${lower(change.email)}`] : [])),
  );
  for (const change of changes) {
    const { organization } = change;
    if (change.what === "member gone") count(organization, [change.user]);
    if (change.what === "invitation over" && change.wasValid) {
      const email = lower(change.email);
      if (!invited.has(`${organization} ${email}`)) count(organization, [uidOf(before, email) ?? email]);
    }
    if (change.what === "team membership gone" && isKnownMembership(run, change)) count(change.team, [change.user]);
    if (change.what === "team gone" && !isForced(run, `${organization}/${change.team}`)) {
      count(change.team, inside(before, organization, change.team));
    }
    if (change.what === "organization gone" && !isForced(run, organization))
      count(organization, inside(before, organization));
  }
  hold(
    "No run takes out more people than it may",
    [...gone]
      .filter(([, users]) => users.size > maxRemovals)
      .map(([scope, users]) => `${users.size} people of ${scope}`),
  );
}

/** A person who leaves an organization leaves its teams, also those without a record. */
function isKnownMembership(run: Observed, change: Extract<Change, { what: "team membership gone" }>): boolean {
  const { organization, team, user } = change;
  const leaves = changesOf(run).some(
    (other) => other.what === "member gone" && other.organization === organization && other.user === user,
  );
  if (!leaves) return true;
  return [...run.records.values()].some(
    (record) =>
      teamId(record) === `${organization}/${team}` && teamMembershipsHeld(record, run.before, false).includes(user),
  );
}

/**
 * A deletion without forceDestroy removes no unmanaged people, and that of an organization no unmanaged team. (The creator
 * of a team may have been added to it.)
 */
export function deletesOnlyWhatIsKnown(run: Observed): void {
  const { before, keyPerson } = run;
  const known = (user: string) =>
    [...run.records.values(), ...run.recordsNow.values()].some((record) => isOf(record, user, before));
  const teams = new Set([...run.records.values(), ...run.recordsNow.values()].map(teamId));
  const strangers = changesOf(run).flatMap((change) => {
    const { organization } = change;
    if (change.what === "team gone" && !isForced(run, `${organization}/${change.team}`)) {
      return inside(before, organization, change.team).filter((user) => user !== keyPerson && !known(user));
    }
    if (change.what !== "organization gone" || isForced(run, organization)) return [];
    const unknown = organizationOf(before, organization)!.teams.filter(
      ({ uid }) => !teams.has(`${organization}/${uid}`),
    );
    return [
      ...inside(before, organization).filter((user) => user !== keyPerson && !known(user)),
      ...unknown.map(({ name }) => `team ${name}`),
    ];
  });
  hold("No unmanaged person is removed with a deletion", strangers);
}

/** A record knows a person by any name that it has ever had for them. */
function isOf(record: Recorded, user: string, service: Service): boolean {
  const address = addressOf(service, user);
  const text = JSON.stringify([record.id, record.inputs, record.outputs]).toLowerCase();
  return text.includes(user) || (address !== undefined && text.includes(lower(address)));
}

/**
 * People who can be removed from an organization or team: everybody except its owner. (The creator of a team may have been
 * added to it.)
 */
function inside(service: Service, organization: string, team?: string): string[] {
  const row = organizationOf(service, organization)!;
  const people = team === undefined ? row.members : row.teams.find(({ uid }) => uid === team)!.members;
  const owner = ownerOf(row);
  return people.filter(({ email }) => email !== owner).map(({ email }) => uidOf(service, email)!);
}

function isForced({ records }: Observed, id: string): boolean {
  const settings = (outputs: Properties) => outputs["forceDestroy"] === true;
  return [...records.values()].some((record) => record.id === id && settings(record.outputs));
}

/**
 * After the first refusal of the key nothing is changed any more. (Concurrent requests may have been sent: steps of a
 * parallel run, and those of a roster.)
 */
export function stopsWhereKeyIsRefused({ requests, parallel, program, records }: Observed): void {
  const refusal = requests.findIndex(({ status }) => status === 401);
  const isRoster = ({ kind }: { kind: Kind }) => kind === "teamRoster";
  if (refusal < 0 || parallel || [...Object.values(program), ...records.values()].some(isRoster)) return;
  const later = requests.slice(refusal + 1).filter(({ method }) => method !== "GET");
  hold(
    "Nothing is sent after the key was refused",
    later.map(({ method, path }) => `${method} ${path}`),
  );
}

import type { Kind, Properties } from "../../support/host.js";
import { changesOf, hold, type Observed } from "../observed.js";
import { organizationOf, rolesIn, uidOf, type OrganizationRow, type Service } from "../service.js";

const ownerOf = ({ members }: OrganizationRow) => members.find(({ role }) => role === "owner")?.email;

/** Each organization keeps its owner, and nothing else is asked for. */
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
 * The key's own person keeps their role, as long as they can be told from others by it: as the only one who has it. Of
 * several, one at least keeps it. (Where reads lag, the list may show others who have it no more.)
 */
export function keepsOwnAccess({ before, after, others, keyPerson, stale }: Observed): void {
  if (stale || others.length > 0) return;
  const broken = before.organizations.flatMap((was) => {
    const role = rolesIn(before, was.members).get(keyPerson);
    const now = organizationOf(after, was.uid);
    if (role === undefined || role === "member" || !now) return [];
    return now.members.some((row) => row.role === role) ? [] : [`nobody is ${role} of ${was.name} any more`];
  });
  hold("A run does not take away the role that its key needs", broken);
}

/** No run takes more people out of one place than it may; those who go along with what is deleted count too. */
export function stopsRemovals(run: Observed): void {
  const { before, maxRemovals } = run;
  const gone = new Map<string, Set<string>>();
  const leavers = new Set<string>();
  const count = (place: string, users: Iterable<string>) =>
    gone.set(place, new Set([...(gone.get(place) ?? []), ...users]));
  const changes = changesOf(run);
  for (const change of changes) {
    if (change.what !== "member gone") continue;
    count(change.organization, [change.user]);
    leavers.add(`${change.organization} ${change.user}`);
  }
  for (const change of changes) {
    const { organization } = change;
    const stays = (user: string) => !leavers.has(`${organization} ${user}`);
    if (change.what === "place gone" && stays(change.user)) count(change.team, [change.user]);
    if (change.what === "team gone" && !isForced(run, `${organization}/${change.team}`)) {
      count(change.team, inside(before, organization, change.team).filter(stays));
    }
    if (change.what === "organization gone" && !isForced(run, organization))
      count(organization, inside(before, organization));
  }
  hold(
    "No run takes out more people than it may",
    [...gone]
      .filter(([, users]) => users.size > maxRemovals)
      .map(([place, users]) => `${users.size} people of ${place}`),
  );
}

/** Those who can be taken out of a place: no owner of it. (Who has made a team may have been put into it.) */
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
 * After the first refusal of the key nothing is changed any more. (What goes at the same time may have been sent: steps
 * of a parallel run, and those of a roster.)
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

import { type Act as InvitationAct, ACTS, actOn, addByHand } from "../acts.js";
import { email as emailField, text } from "../fields.js";
import type { Invitation, Membership, Organization, OrganizationRole, Team, TeamRole } from "../model.js";
import { updateTeam } from "../routes/teams.js";
import { update as updateOrganization } from "../rules/organizations.js";
import { isOverdue } from "../serializers.js";
import type { Service } from "../service.js";
import { emailKey } from "../store.js";
import { EXAMPLES } from "./examples.js";
import { ids, membersByAddress, openInvitations } from "./rows.js";
import { counted, minuteOf } from "./text.js";

/** The fields of a form as they were sent. `act` is that of the button that was pressed: "remove <uid>". */
export type Fields = Readonly<Record<string, string>>;

/** What a press did, in one sentence, and the elements to come back to: the first that the page still has. */
export interface Outcome {
  text: string;
  focus: string[];
  refused?: true;
}

/** An act that changes nothing; the message completes "Nothing was changed: ". */
class Refusal extends Error {}

/** Days that the clock can be moved by. */
export const DAYS = [1, 14] as const;

interface Press {
  service: Service;
  fields: Fields;
  /** What follows the act's name: a uid, or the number of days. */
  subject: string;
  /** Elements to come back to if the act is refused, added as they become known. */
  focus: string[];
}

/** A name in a sentence. */
const short = (name: string): string => (name.length > 80 ? `${name.slice(0, 79)}…` : name);

const withoutLead = ({ members }: Team): boolean => ![...members.values()].some(({ role }) => role === "lead");

/** "; Core has no lead now" for the teams that have lost their last one. */
function lostLeads(before: Team[]): string {
  const lost = before.filter(withoutLead).map(({ name }) => short(name));
  if (lost.length === 0) return "";
  return `; ${lost.length > 3 ? counted(lost.length, "team") : lost.join(" and ")} ${lost.length === 1 ? "has" : "have"} no lead now`;
}

const ledTeams = ({ teams }: Organization): Team[] => [...teams.values()].filter((team) => !withoutLead(team));

function organizationOf({ service, fields, focus }: Press): Organization {
  const organization = service.store.organizations.get(fields["organization"] ?? "");
  if (!organization) throw new Refusal("this organization does not exist any more.");
  focus.push(ids.fold(organization));
  refuseDeleted(organization);
  return organization;
}

function refuseDeleted({ isActive, name }: Organization): void {
  if (!isActive) throw new Refusal(`${short(name)} is deleted and can only be read.`);
}

function memberOf({ service, subject }: Press, organization: Organization): Membership<OrganizationRole> {
  const membership = organization.members.get(subject);
  if (membership) return membership;
  const who = service.store.people.get(subject)?.email ?? "this person";
  throw new Refusal(`${short(who)} is not a member of ${short(organization.name)} any more.`);
}

function refuseOwner({ role, person }: Membership<OrganizationRole>, { name }: Organization): void {
  if (role !== "owner") return;
  throw new Refusal(
    `${short(person.email)} owns ${short(name)}, and an organization keeps its owner until the ownership is transferred.`,
  );
}

function teamOf({ fields }: Press, organization: Organization): Team {
  const team = organization.teams.get(fields["team"] ?? "");
  if (team) return team;
  throw new Refusal(
    organization.teams.size === 0
      ? `${short(organization.name)} has no team.`
      : `this team of ${short(organization.name)} does not exist any more.`,
  );
}

/** A field's text as the API would accept it. */
function checked(schema: ReturnType<typeof text>, value: string | undefined, what: "name" | "address"): string {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (!value?.trim()) throw new Refusal(`enter the ${what} first.`);
  const [{ message = "" } = {}] = parsed.error.issues;
  throw new Refusal(`the ${what} is not accepted: ${message.charAt(0).toLowerCase()}${message.slice(1)}`);
}

const withArticle = (role: string): string => `${/^[ao]/.test(role) ? "an" : "a"} ${role}`;

function onInvitation(act: InvitationAct) {
  return ({ service, subject, focus }: Press): Outcome => {
    const invitation = service.store.invitations.get(subject);
    if (!invitation) throw new Refusal("this invitation does not exist any more.");
    const { organization, email } = invitation;
    const open = openInvitations(organization, service.clock.now());
    const at = open.indexOf(invitation);
    const next = open[at + 1] ?? open[at - 1];
    focus.push(...(next ? [ids.invitation(act, next)] : []), ids.fold(organization));
    refuseDeleted(organization);
    refuseClosed(service, invitation);
    const wasMember = service.store.personByEmail(email);
    const before = wasMember && organization.members.get(wasMember.uid)?.role;
    actOn(service, subject, act);
    return { text: `${sentences[act](invitation, before)}.`, focus };
  };
}

function refuseClosed({ clock }: Service, invitation: Invitation): void {
  const { status, email } = invitation;
  if (status === "pending" && !isOverdue(invitation, clock.now())) return;
  const state = {
    accepted: "was accepted",
    cancelled: "was declined or cancelled",
    pending: "has expired",
    expired: "has expired",
  };
  throw new Refusal(`the invitation of ${short(email)} ${state[status]} already.`);
}

const sentences: Record<InvitationAct, (invitation: Invitation, before: string | undefined) => string> = {
  accept: ({ email, organization, role }, before) =>
    before === undefined
      ? `${short(email)} accepted and is ${withArticle(role)} of ${short(organization.name)} now`
      : `${short(email)} accepted and stays ${withArticle(before)} of ${short(organization.name)}`,
  decline: ({ email, organization }) => `${short(email)} declined the invitation to ${short(organization.name)}`,
  expire: ({ email, organization }) =>
    `The invitation of ${short(email)} to ${short(organization.name)} has expired and is below Past invitations`,
};

function changeRole(role: "admin" | "member") {
  return (press: Press): Outcome => {
    const organization = organizationOf(press);
    const membership = memberOf(press, organization);
    const { email } = membership.person;
    refuseOwner(membership, organization);
    const state = `${withArticle(role)} of ${short(organization.name)}`;
    if (membership.role === role) throw new Refusal(`${short(email)} is ${state} already.`);
    membership.role = role;
    return { text: `${short(email)} is ${state} now.`, focus: press.focus };
  };
}

function remove(press: Press): Outcome {
  const { service, focus } = press;
  const organization = organizationOf(press);
  const membership = memberOf(press, organization);
  refuseOwner(membership, organization);
  const rows = membersByAddress(organization).filter(({ role }) => role !== "owner");
  const at = rows.indexOf(membership);
  const next = rows[at + 1] ?? rows[at - 1];
  if (next) focus.unshift(ids.member("remove", organization, next.person.uid));
  const led = ledTeams(organization);
  service.store.removeMember(organization, membership.person);
  const text = `${short(membership.person.email)} was removed from ${short(organization.name)} and its teams${lostLeads(led)}.`;
  return { text, focus };
}

function rename(press: Press): Outcome {
  const organization = organizationOf(press);
  const before = organization.name;
  const name = checked(text(1024), press.fields["name"], "name");
  if (name === before) throw new Refusal(`${short(before)} has this name already.`);
  updateOrganization(press.service, organization, { name });
  return {
    text: `${short(before)} is called ${short(name)} now; its slug is ${short(organization.slug)}.`,
    focus: [ids.control("rename", organization)],
  };
}

function renameTeam(press: Press): Outcome {
  const organization = organizationOf(press);
  const team = teamOf(press, organization);
  const before = team.name;
  const name = checked(text(255), press.fields["name"], "name");
  if (name === before) throw new Refusal(`${short(before)} has this name already.`);
  updateTeam(press.service, team, { name });
  return {
    text: `The team ${short(before)} is called ${short(name)} now; its slug is ${short(team.slug)}.`,
    focus: press.focus,
  };
}

function add(press: Press): Outcome {
  const { service, fields, focus } = press;
  const organization = organizationOf(press);
  const email = checked(emailField(), fields["email"], "address");
  const role = fields["role"] === "admin" ? "admin" : "member";
  const person = service.store.personByEmail(email);
  if (person && organization.members.has(person.uid)) {
    throw new Refusal(`${short(email)} is a member of ${short(organization.name)} already.`);
  }
  addByHand(service, organization, { email, role });
  const pending = organization.pending.has(emailKey(email)) ? "; the invitation of this address stays open" : "";
  return {
    text: `${short(email)} is ${withArticle(role)} of ${short(organization.name)} now, without an invitation${pending}.`,
    focus,
  };
}

/** A member of the organization by address, and the team that the form names. */
function teamMemberOf(press: Press) {
  const organization = organizationOf(press);
  const team = teamOf(press, organization);
  const email = checked(emailField(), press.fields["email"], "address");
  const person = press.service.store.personByEmail(email);
  if (!person || !organization.members.has(person.uid)) {
    throw new Refusal(`${short(email)} is not a member of ${short(organization.name)}; add the person there first.`);
  }
  return { team, person, led: ledTeams(organization) };
}

function putInTeam(role: TeamRole) {
  return (press: Press): Outcome => {
    const { team, person, led } = teamMemberOf(press);
    const state = `${withArticle(role)} of the team ${short(team.name)}`;
    const membership = team.members.get(person.uid);
    if (membership?.role === role) throw new Refusal(`${short(person.email)} is ${state} already.`);
    if (membership) membership.role = role;
    else press.service.store.addTeamMember(team, { person, role, createdAt: press.service.clock.iso() });
    return { text: `${short(person.email)} is ${state} now${lostLeads(led)}.`, focus: press.focus };
  };
}

function leaveTeam(press: Press): Outcome {
  const { team, person, led } = teamMemberOf(press);
  if (!team.members.delete(person.uid)) {
    throw new Refusal(`${short(person.email)} is not in the team ${short(team.name)}.`);
  }
  return {
    text: `${short(person.email)} was removed from the team ${short(team.name)}${lostLeads(led)}.`,
    focus: press.focus,
  };
}

const countOpen = ({ store, clock }: Service): number =>
  [...store.organizations.values()].reduce((sum, row) => sum + openInvitations(row, clock.now()).length, 0);

function moveClock({ service, subject, focus }: Press): Outcome {
  const days = DAYS.find((each) => String(each) === subject);
  if (days === undefined) throw new Refusal("the clock moves by 1 day or by 14 days.");
  const before = countOpen(service);
  service.clock.offsetSeconds += days * 24 * 3600;
  const expired = before - countOpen(service);
  return {
    text: `The clock moved forward by ${counted(days, "day")} to ${minuteOf(service.clock.iso())}; ${
      expired === 0 ? "no invitation" : counted(expired, "invitation")
    } expired.`,
    focus,
  };
}

function startOver({ service, fields, focus }: Press): Outcome {
  const example = EXAMPLES.find(({ name }) => name === fields["example"]);
  if (!example) throw new Refusal("choose an example from the list first.");
  service.reset(example.seed(service.clock.now() - service.clock.offsetSeconds * 1000));
  const { organizations } = service.store;
  focus.push(...[...organizations.values()].slice(0, 1).map(ids.fold));
  return {
    text:
      organizations.size === 0
        ? "Everything was deleted; only owner@example.com is there."
        : `Everything was replaced by ${counted(organizations.size, "organization")} and ${counted(service.store.people.size, "person", "people")}.`,
    focus,
  };
}

/** The buttons of the page, by the first word of their value. */
const BUTTONS: Record<string, (press: Press) => Outcome> = {
  ...(Object.fromEntries(ACTS.map((act) => [act, onInvitation(act)])) as Record<
    InvitationAct,
    (press: Press) => Outcome
  >),
  promote: changeRole("admin"),
  demote: changeRole("member"),
  remove,
  rename,
  "team-rename": renameTeam,
  add,
  lead: putInTeam("lead"),
  "team-member": putInTeam("member"),
  "leave-team": leaveTeam,
  clock: moveClock,
  "start-over": startOver,
};

/** Element of the button itself; it may be gone after the act. */
function ownElement({ store }: Service, name: string, subject: string, fields: Fields): string[] {
  const organization = store.organizations.get(fields["organization"] ?? "");
  const isOnInvitation = ACTS.some((act) => act === name);
  if (!organization || isOnInvitation) return [subject === "" ? name : `${name}-${subject}`];
  if (subject === "") return [ids.control(name, organization)];
  return [ids.member(name === "remove" ? "remove" : "role", organization, subject)];
}

/** Does what the pressed button says; a refusal is an outcome as well. */
export function press(service: Service, fields: Fields): Outcome {
  const [name = "", subject = ""] = (fields["act"] ?? "").split(" ");
  const focus = ownElement(service, name, subject, fields);
  try {
    const act = Object.hasOwn(BUTTONS, name) ? BUTTONS[name] : undefined;
    if (!act) throw new Refusal("this page does not have such a button.");
    return act({ service, fields, subject, focus });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { text: `Nothing was changed: ${error.message}`, focus, refused: true };
  }
}

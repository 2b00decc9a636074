import { randomUUID } from "node:crypto";
import type {
  Invitation,
  InvitationStatus,
  Key,
  Email,
  Membership,
  Organization,
  OrganizationRole,
  Person,
  Team,
  TeamRole,
} from "./model.js";
import { freeSlug } from "./slugs.js";

/** Addresses are compared without regard to case. */
export const emailKey = (email: string): string => email.toLowerCase();

/** Slugs that would be hidden behind routes of the same name. */
const RESERVED = new Set(["industry-choices", "invitations"]);

/**
 * Everything the emulator knows, with the indexes that keep each look-up constant. All changes of an indexed field go
 * through here; plain fields are set on the objects.
 */
export class Store {
  readonly people = new Map<string, Person>();
  readonly keys = new Map<string, Key>();
  readonly organizations = new Map<string, Organization>();
  /** Organizations of all invitations that ever were, by the invitation's uid: those of deleted organizations too. */
  readonly invitedTo = new Map<string, string>();
  /** Invitations of all organizations, by uid and by token. */
  readonly invitations = new Map<string, Invitation>();
  readonly emails: Email[] = [];
  private readonly byEmail = new Map<string, Person>();
  private readonly usernames = new Set<string>();
  private readonly bySlug = new Map<string, Organization>();
  private readonly byHandle = new Map<string, Organization>();
  private readonly joined = new Map<string, Set<Organization>>();

  addPerson(person: Person): void {
    this.people.set(person.uid, person);
    this.byEmail.set(emailKey(person.email), person);
    this.usernames.add(person.username);
  }

  /** Memberships and keys stay with the person; an invitation keeps the address it was sent to. */
  updatePerson(person: Person, { email = person.email, username = person.username }: Partial<Person>): void {
    this.byEmail.delete(emailKey(person.email));
    this.usernames.delete(person.username);
    this.addPerson(Object.assign(person, { email, username }));
  }

  personByEmail(email: string): Person | undefined {
    return this.byEmail.get(emailKey(email));
  }

  usernameTaken(username: string): boolean {
    return this.usernames.has(username);
  }

  freeUsername(email: string): string {
    return freeSlug(email.slice(0, email.lastIndexOf("@")), (candidate) => this.usernames.has(candidate));
  }

  /** The person of the address, who signs up now if there is none. */
  signUp(email: string, details: { username?: string; fullName?: string } = {}): Person {
    const known = this.personByEmail(email);
    if (known) return known;
    const username = details.username ?? this.freeUsername(email);
    const person = {
      uid: randomUUID(),
      email,
      username,
      fullName: details.fullName ?? "",
      picture: null,
    };
    this.addPerson(person);
    return person;
  }

  addOrganization(organization: Organization): void {
    this.organizations.set(organization.uid, organization);
    this.bySlug.set(organization.slug, organization);
    if (organization.handle !== null) this.byHandle.set(organization.handle, organization);
  }

  organizationBySlug(slug: string): Organization | undefined {
    return this.bySlug.get(slug);
  }

  organizationByHandle(handle: string): Organization | undefined {
    return this.byHandle.get(handle);
  }

  freeOrganizationSlug(slug: string): string {
    return freeSlug(slug, (candidate) => RESERVED.has(candidate) || this.bySlug.has(candidate));
  }

  moveOrganization(organization: Organization, slug: string): void {
    this.bySlug.delete(organization.slug);
    organization.slug = slug;
    this.bySlug.set(slug, organization);
  }

  setHandle(organization: Organization, handle: string | null): void {
    if (organization.handle !== null) this.byHandle.delete(organization.handle);
    organization.handle = handle;
    if (handle !== null) this.byHandle.set(handle, organization);
  }

  removeOrganization(organization: Organization): void {
    this.organizations.delete(organization.uid);
    this.bySlug.delete(organization.slug);
    this.setHandle(organization, null);
    for (const { person } of organization.members.values()) this.joined.get(person.uid)?.delete(organization);
    for (const { uid, token } of organization.invitations.values()) {
      this.invitations.delete(uid);
      this.invitations.delete(token);
    }
  }

  /** Organizations a person belongs to, in the order of joining. */
  organizationsOf(person: Person): Organization[] {
    return [...(this.joined.get(person.uid) ?? [])];
  }

  addMember(organization: Organization, membership: Membership<OrganizationRole>): void {
    organization.members.set(membership.person.uid, membership);
    const joined = this.joined.get(membership.person.uid) ?? new Set();
    this.joined.set(membership.person.uid, joined.add(organization));
  }

  /** Leaving an organization ends the memberships in its teams too. */
  removeMember(organization: Organization, person: Person): void {
    organization.members.delete(person.uid);
    this.joined.get(person.uid)?.delete(organization);
    for (const team of organization.teams.values()) team.members.delete(person.uid);
  }

  addInvitation(invitation: Invitation): void {
    const { organization } = invitation;
    organization.invitations.set(invitation.uid, invitation);
    this.invitedTo.set(invitation.uid, organization.uid);
    this.invitations.set(invitation.uid, invitation).set(invitation.token, invitation);
    if (invitation.status === "pending") organization.pending.set(emailKey(invitation.email), invitation);
  }

  settle(invitation: Invitation, status: Exclude<InvitationStatus, "pending">): void {
    invitation.status = status;
    invitation.organization.pending.delete(emailKey(invitation.email));
  }

  /** The invitee joins; a member keeps the role they have. */
  accept(invitation: Invitation, at: string): Person {
    const person = this.signUp(invitation.email);
    const { organization, role } = invitation;
    if (!organization.members.has(person.uid)) this.addMember(organization, { person, role, createdAt: at });
    this.settle(invitation, "accepted");
    return person;
  }

  addTeam(team: Team): void {
    team.organization.teams.set(team.uid, team);
    team.organization.teamsBySlug.set(team.slug, team);
  }

  freeTeamSlug(organization: Organization, slug: string): string {
    return freeSlug(slug, (candidate) => organization.teamsBySlug.has(candidate));
  }

  moveTeam(team: Team, slug: string): void {
    team.organization.teamsBySlug.delete(team.slug);
    team.slug = slug;
    team.organization.teamsBySlug.set(slug, team);
  }

  removeTeam(team: Team): void {
    team.organization.teams.delete(team.uid);
    team.organization.teamsBySlug.delete(team.slug);
  }

  addTeamMember(team: Team, membership: Membership<TeamRole>): void {
    team.members.set(membership.person.uid, membership);
  }
}

import { randomBytes, randomUUID } from "node:crypto";
import { z } from "@hono/zod-openapi";
import type { Clock } from "./clock.js";
import { problems } from "./errors.js";
import { choice, email, handle, slug, uid, webAddress } from "./fields.js";
import type { Organization, Team } from "./model.js";
import { defaultSettings, type Settings, settingsSchema } from "./settings.js";
import { slugify } from "./slugs.js";
import { emailKey, Store } from "./store.js";

export const INVITATION_SECONDS = 14 * 24 * 3600;
export const SLUG_EDITS = 3;
export const DEFAULT_COLOR = "#6366F1";
export const newToken = (): string => randomBytes(18).toString("base64url");

const newUid = () => uid().default(() => randomUUID());
const time = z.iso.datetime().optional();
const count = z.int().min(0).default(0);

const personSeed = z.strictObject({
  uid: newUid(),
  email: email(),
  username: z.string().min(1).optional(),
  fullName: z.string().default(""),
  picture: z.string().nullable().default(null),
});

const invitationSeed = z.strictObject({
  uid: newUid(),
  email: email(),
  role: choice(["admin", "member"]).default("member"),
  status: choice(["pending", "accepted", "cancelled", "expired"]).default("pending"),
  token: z.string().min(1).default(newToken),
  invitedBy: email().optional(),
  expiresAt: time,
  createdAt: time,
});

const teamSeed = z.strictObject({
  uid: newUid(),
  name: z.string().min(1).max(255),
  slug: slug().optional(),
  description: z.string().max(1024).default(""),
  color: z.string().min(1).max(7).default(DEFAULT_COLOR),
  createdAt: time,
  updatedAt: time,
  members: z
    .array(
      z.strictObject({
        email: email(),
        role: choice(["lead", "member"]).default("member"),
        createdAt: time,
      }),
    )
    .default([]),
});

const organizationSeed = z.strictObject({
  uid: newUid(),
  name: z.string().min(1).max(1024),
  slug: slug().optional(),
  handle: handle().nullable().default(null),
  description: z.string().max(1024).default(""),
  logo: webAddress().nullable().default(null),
  website: z.string().default(""),
  industry: z.string().default("other"),
  email: z.string().default(""),
  phone: z.string().default(""),
  visibility: z.string().default("private"),
  plan: z.string().default("pro"),
  isVerified: z.boolean().default(false),
  isActive: z.boolean().default(true),
  datasetCount: count,
  projectCount: count,
  sliceCount: count,
  allowedDomains: z.array(z.string()).nullable().default(null),
  slugEditsRemaining: z.int().min(0).default(SLUG_EDITS),
  createdAt: time,
  updatedAt: time,
  members: z
    .array(
      z.strictObject({
        email: email(),
        role: choice(["owner", "admin", "member"]).default("member"),
        createdAt: time,
      }),
    )
    .min(1),
  invitations: z.array(invitationSeed).default([]),
  teams: z.array(teamSeed).default([]),
});

const mailSeed = z.strictObject({
  to: z.string(),
  kind: choice(["invitation", "resend"]),
  invitationUid: uid(),
  at: z.iso.datetime(),
});

/** The one shape of a start and of `GET /_emulator/state`. */
export const seedSchema = z.strictObject({
  clockOffsetSeconds: z.number().min(0).default(0),
  settings: settingsSchema.partial().default({}),
  people: z.array(personSeed).default([]),
  keys: z
    .array(
      z.strictObject({
        key: z.string().min(1),
        email: email(),
        revoked: z.boolean().default(false),
      }),
    )
    .default([]),
  organizations: z.array(organizationSeed).default([]),
  emails: z.array(mailSeed).default([]),
});

/** What a start may hold; everything has a default except e-mails, names and the members of an organization. */
export type Seed = z.input<typeof seedSchema>;
/** The same shape with nothing left out. */
export type State = z.output<typeof seedSchema>;
type OrganizationSeed = State["organizations"][number];

/** A start that contradicts itself; the message names the place. */
export class SeedError extends Error {
  override readonly name = "SeedError";
}

/** Checks the shape, and answers it with the defaults filled in. */
export function parseSeed(raw: unknown): State {
  const parsed = seedSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new SeedError(problems(parsed.error));
}

/** Builds the store of a start, or refuses it: people must be listed, and identifiers must not repeat. */
export function load(seed: State, clock: Clock): { store: Store; settings: Settings } {
  clock.offsetSeconds = seed.clockOffsetSeconds;
  return {
    store: new Loader(clock).load(seed),
    settings: { ...defaultSettings, ...seed.settings },
  };
}

class Loader {
  private readonly store = new Store();

  constructor(private readonly clock: Clock) {}

  load(seed: State): Store {
    seed.people.forEach((person, i) => this.person(person, `people[${i}]`));
    seed.keys.forEach(({ key, email, revoked }, i) => {
      this.unused(this.store.keys.has(key), key, `keys[${i}].key`);
      this.store.keys.set(key, { key, person: this.known(email, `keys[${i}].email`), revoked });
    });
    seed.organizations.forEach((organization, i) =>
      this.organization(organization, `organizations[${i}]`),
    );
    this.store.mails.push(...seed.emails);
    return this.store;
  }

  private person(person: State["people"][number], at: string): void {
    const { store } = this;
    this.unused(store.people.has(person.uid), person.uid, `${at}.uid`);
    this.unused(store.personByEmail(person.email) !== undefined, person.email, `${at}.email`);
    const username = person.username ?? store.freeUsername(person.email);
    this.unused(store.usernameTaken(username), username, `${at}.username`);
    store.addPerson({ ...person, username });
  }

  private organization(seed: OrganizationSeed, at: string): void {
    const { members, invitations, teams, ...plain } = seed;
    const slug = seed.slug ?? this.store.freeOrganizationSlug(slugify(seed.name, "organization"));
    this.unused(this.store.organizations.has(seed.uid), seed.uid, `${at}.uid`);
    this.unused(this.store.organizationBySlug(slug) !== undefined, slug, `${at}.slug`);
    const { handle } = seed;
    if (handle !== null)
      this.unused(this.store.organizationByHandle(handle) !== undefined, handle, `${at}.handle`);
    if (members.filter(({ role }) => role === "owner").length !== 1) {
      throw new SeedError(`${at}.members: an organization has exactly one owner`);
    }
    const organization: Organization = {
      ...plain,
      ...this.times(seed),
      slug,
      members: new Map(),
      invitations: new Map(),
      pending: new Map(),
      teams: new Map(),
      teamsBySlug: new Map(),
    };
    this.store.addOrganization(organization);
    this.members(organization, members, at);
    invitations.forEach((invitation, i) =>
      this.invitation(organization, invitation, `${at}.invitations[${i}]`),
    );
    teams.forEach((team, i) => this.team(organization, team, `${at}.teams[${i}]`));
  }

  private members(
    organization: Organization,
    seeds: OrganizationSeed["members"],
    at: string,
  ): void {
    seeds.forEach(({ email, role, createdAt }, i) => {
      const person = this.known(email, `${at}.members[${i}].email`);
      this.unused(organization.members.has(person.uid), email, `${at}.members[${i}].email`);
      this.store.addMember(organization, {
        person,
        role,
        createdAt: createdAt ?? organization.createdAt,
      });
    });
  }

  private invitation(
    organization: Organization,
    seed: OrganizationSeed["invitations"][number],
    at: string,
  ): void {
    this.unused(this.store.invitations.has(seed.uid), seed.uid, `${at}.uid`);
    this.unused(this.store.invitations.has(seed.token), seed.token, `${at}.token`);
    const second = seed.status === "pending" && organization.pending.has(emailKey(seed.email));
    this.unused(second, seed.email, `${at}.email`);
    const owner = [...organization.members.values()].find(({ role }) => role === "owner")?.person;
    const invitedBy =
      seed.invitedBy === undefined && owner
        ? owner
        : this.known(seed.invitedBy ?? "", `${at}.invitedBy`);
    this.store.addInvitation({
      ...seed,
      organization,
      invitedBy,
      expiresAt: seed.expiresAt ?? this.clock.iso(INVITATION_SECONDS),
      createdAt: seed.createdAt ?? this.clock.iso(),
    });
  }

  private team(
    organization: Organization,
    { members, ...seed }: OrganizationSeed["teams"][number],
    at: string,
  ): void {
    const slug = seed.slug ?? this.store.freeTeamSlug(organization, slugify(seed.name, "team"));
    this.unused(organization.teams.has(seed.uid), seed.uid, `${at}.uid`);
    this.unused(organization.teamsBySlug.has(slug), slug, `${at}.slug`);
    const team: Team = { ...seed, ...this.times(seed), slug, organization, members: new Map() };
    this.store.addTeam(team);
    members.forEach(({ email, role, createdAt }, i) => {
      const person = this.known(email, `${at}.members[${i}].email`);
      if (!organization.members.has(person.uid)) {
        throw new SeedError(
          `${at}.members[${i}].email: ${email} is not a member of ${organization.slug}`,
        );
      }
      this.unused(team.members.has(person.uid), email, `${at}.members[${i}].email`);
      this.store.addTeamMember(team, { person, role, createdAt: createdAt ?? team.createdAt });
    });
  }

  private times(seed: { createdAt?: string | undefined; updatedAt?: string | undefined }) {
    const createdAt = seed.createdAt ?? this.clock.iso();
    return { createdAt, updatedAt: seed.updatedAt ?? createdAt };
  }

  private known(email: string, at: string) {
    const person = this.store.personByEmail(email);
    if (!person) throw new SeedError(`${at}: ${email || "nobody"} is not in people`);
    return person;
  }

  private unused(taken: boolean, value: string, at: string): void {
    if (taken) throw new SeedError(`${at}: ${value} is there twice`);
  }
}

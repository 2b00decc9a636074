import type { Invitation, Membership, Organization, OrganizationRole, Person, Team, TeamRole } from "./model.js";
import type { Call } from "./operation.js";

const SITE = "https://app.example.com";

/** Served with a new signature each time, as storage links are. */
function servedLogo(call: Call, { logo }: Organization): string | null {
  if (logo === null) return null;
  const link = new URL(logo);
  link.searchParams.set("signature", String(call.service.requests.at(-1)?.n ?? 0));
  return link.href;
}

/** A time as Python writes it: six digits of a second's fraction, or none where it is zero. */
function served(time: string): string {
  const [seconds, fraction] = new Date(time).toISOString().slice(0, -1).split(".");
  return fraction === "000" ? `${seconds}Z` : `${seconds}.${fraction}000Z`;
}

/** Those whom lists show. */
export const listedMembers = ({ members }: Organization): Membership<OrganizationRole>[] =>
  [...members.values()].filter(({ unlisted }) => !unlisted);

function organizationBoth(call: Call, organization: Organization) {
  return {
    uid: organization.uid,
    name: organization.name,
    slug: organization.slug,
    handle: organization.handle,
    logo: servedLogo(call, organization),
    industry: organization.industry,
    visibility: organization.visibility,
    plan: organization.plan,
    is_verified: organization.isVerified,
    is_active: organization.isActive,
    member_count: organization.counts?.members ?? listedMembers(organization).length,
    team_count: organization.counts?.teams ?? organization.teams.size,
    role: organization.members.get(call.person.uid)?.role ?? null,
    billing_status: null,
    created_at: served(organization.createdAt),
  };
}

const joinedAt = (membership: Membership<OrganizationRole> | undefined) => membership && served(membership.createdAt);

export const organizationRow = (call: Call) => (organization: Organization) => ({
  ...organizationBoth(call, organization),
  joined_at: joinedAt(organization.members.get(call.person.uid)),
  public_slug: null,
});

export const organizationDetail = (call: Call, organization: Organization) => ({
  ...organizationBoth(call, organization),
  description: organization.description,
  website: organization.website,
  email: organization.email,
  phone: organization.phone,
  dataset_count: organization.datasetCount,
  project_count: organization.projectCount,
  slice_count: organization.sliceCount,
  allowed_domains: organization.allowedDomains,
  readme: organization.readme,
  organization_type: organization.organizationType,
  x_url: organization.xUrl,
  hugging_face_url: organization.huggingFaceUrl,
  github_url: organization.githubUrl,
  linkedin_url: organization.linkedinUrl,
  slug_edits_remaining: organization.slugEditsRemaining,
  updated_at: served(organization.updatedAt),
});

/** What a create or update answers: the whole object, or only what can be written. */
export function organizationWritten(call: Call, organization: Organization): object {
  if (call.service.settings.writeBody === "full") return organizationDetail(call, organization);
  const { slug, name, description, website, handle, industry, email, phone, visibility } = organization;
  const logo = servedLogo(call, organization);
  return { slug, name, description, logo, website, handle, industry, email, phone, visibility };
}

function hidesEmail({ service, key, param }: Call, uid: string): boolean {
  const { hideEmails, hideEmailsOf } = service.settings;
  if (hideEmails || hideEmailsOf.includes(uid)) return true;
  return key.hides?.has(`${service.store.organizationBySlug(param("slug"))?.uid}/${uid}`) ?? false;
}

const person = (call: Call, { uid, username, email, fullName, picture }: Person) => ({
  user_uid: uid,
  username,
  email: hidesEmail(call, uid) ? null : email,
  full_name: fullName,
  picture,
});

/** `last_active_at` is there for those who manage the organization only. */
export const member = (call: Call, managing: boolean) => (membership: Membership<OrganizationRole>) => {
  const { uid, lastActiveAt } = membership.person;
  const active = call.service.lastActive.get(uid) ?? (lastActiveAt && Date.parse(lastActiveAt));
  return {
    ...person(call, membership.person),
    role: membership.role,
    created_at: served(membership.createdAt),
    ...(managing && {
      last_active_at: active ? served(new Date(active).toISOString()) : null,
    }),
  };
};

export const teamMember = (call: Call) => (membership: Membership<TeamRole>) => ({
  ...person(call, membership.person),
  role: membership.role,
  created_at: served(membership.createdAt),
});

export const isOverdue = (invitation: Invitation, now: number): boolean => Date.parse(invitation.expiresAt) <= now;

/** The link in the email. */
export const acceptLink = ({ token }: Invitation): string => `${SITE}/invitations/${token}/`;

export const invitation = (call: Call) => (row: Invitation) => {
  const link = acceptLink(row);
  return {
    uid: row.uid,
    organization_name: row.organization.name,
    organization_slug: row.organization.slug,
    invited_email: call.service.settings.hideEmailsOf.includes(row.uid) ? null : row.email,
    invited_by_username: row.invitedBy.username,
    role: row.role,
    status: row.status,
    expires_at: served(row.expiresAt),
    is_expired: isOverdue(row, call.service.clock.now()),
    accept_url: link,
    copy_link: link,
    created_at: served(row.createdAt),
  };
};

export const team = (row: Team) => ({
  uid: row.uid,
  name: row.name,
  slug: row.slug,
  description: row.description,
  color: row.color,
  organization_uid: row.organization.uid,
  organization_name: row.organization.name,
  organization_slug: row.organization.slug,
  member_count: row.members.size,
  created_at: served(row.createdAt),
  updated_at: served(row.updatedAt),
});

export function teamWritten(call: Call, row: Team): object {
  const { name, description, color } = row;
  return call.service.settings.writeBody === "full" ? team(row) : { name, description, color };
}

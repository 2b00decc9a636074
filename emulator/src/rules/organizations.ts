import { randomUUID } from "node:crypto";
import { invalid, refusal } from "../errors.js";
import type { Organization } from "../model.js";
import type { Call } from "../operation.js";
import { SLUG_EDITS } from "../seed.js";
import { listedMembers } from "../serializers.js";
import { slugify } from "../slugs.js";
import type { Service } from "../service.js";

/** The caller owns what they create. */
export function create(call: Call, fields: { name: string }): Organization {
  const { store, clock } = call.service;
  const createdAt = clock.iso();
  const organization: Organization = {
    uid: randomUUID(),
    slug: store.freeOrganizationSlug(slugify(fields.name, "organization")),
    handle: null,
    description: "",
    logo: null,
    website: "",
    industry: "other",
    email: "",
    phone: "",
    visibility: "private",
    plan: "pro",
    isVerified: false,
    isActive: true,
    datasetCount: 0,
    projectCount: 0,
    sliceCount: 0,
    allowedDomains: null,
    readme: null,
    organizationType: null,
    xUrl: null,
    huggingFaceUrl: null,
    githubUrl: null,
    linkedinUrl: null,
    slugEditsRemaining: SLUG_EDITS,
    ...fields,
    createdAt,
    updatedAt: createdAt,
    members: new Map(),
    invitations: new Map(),
    pending: new Map(),
    teams: new Map(),
    teamsBySlug: new Map(),
  };
  store.addOrganization(organization);
  store.addMember(organization, { person: call.person, role: "owner", createdAt });
  return organization;
}

/** Every slug that is sent costs an edit, the current one too: the hostile reading of an open question. */
function refuseSlug({ store }: Service, organization: Organization, slug: string): void {
  if (organization.slugEditsRemaining === 0) throw invalid("slug", "No slug edits remaining.");
  const holder = store.organizationBySlug(slug);
  if (holder && holder !== organization) throw invalid("slug", "organization with this slug already exists.");
}

function refuseHandle({ store }: Service, organization: Organization, handle: string): void {
  const holder = store.organizationByHandle(handle);
  if (holder && holder !== organization) throw invalid("handle", "organization with this handle already exists.");
}

/** Changes everything or, when a slug or handle is refused, nothing. */
export function update(service: Service, organization: Organization, changes: Partial<Organization>): void {
  const { slug, handle, ...plain } = changes;
  if (slug !== undefined) refuseSlug(service, organization, slug);
  if (typeof handle === "string") refuseHandle(service, organization, handle);
  const renamed = plain.name !== undefined && plain.name !== organization.name;
  Object.assign(organization, plain, { updatedAt: service.clock.iso() });
  if (handle !== undefined) service.store.setHandle(organization, handle);
  if (slug !== undefined) {
    if (organization.slugEditsRemaining !== null) organization.slugEditsRemaining--;
    service.store.moveOrganization(organization, slug);
  } else if (renamed && service.settings.slugFollowsName) {
    followName(service, organization);
  }
}

function followName({ store }: Service, organization: Organization): void {
  const slug = slugify(organization.name, "organization");
  if (slug !== organization.slug) store.moveOrganization(organization, store.freeOrganizationSlug(slug));
}

function isEmpty(organization: Organization): boolean {
  const { teams, datasetCount, projectCount, sliceCount } = organization;
  return listedMembers(organization).length + teams.size + datasetCount + projectCount + sliceCount === 1;
}

export function remove({ store, settings }: Service, organization: Organization): void {
  if (settings.organizationDelete === "refuse" && !isEmpty(organization)) {
    throw refusal(409, "This organization still has members, teams or data.");
  }
  if (settings.organizationDelete === "soft") organization.isActive = false;
  else store.removeOrganization(organization);
}

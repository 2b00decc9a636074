import { randomUUID } from "node:crypto";
import { change, visit } from "../access.js";
import { invalid, refusal } from "../errors.js";
import { body, choice, email, handle, slug, text, webAddress } from "../fields.js";
import type { Organization } from "../model.js";
import { type Api, type Call, operation } from "../operation.js";
import { pageOf, pageQuery, paginate } from "../pages.js";
import * as schemas from "../schemas.js";
import { SLUG_EDITS } from "../seed.js";
import { organizationDetail, organizationRow, organizationWritten } from "../serializers.js";
import { slugify } from "../slugs.js";
import type { World } from "../world.js";

const INDUSTRIES = {
  robotics: "Robotics",
  autonomous_vehicle: "Autonomous vehicle",
  ai_ml: "AI / ML",
  other: "Other",
};

const createFields = {
  name: text(1024),
  description: text(1024, { blank: true }).optional(),
  logo: webAddress().nullable().optional(),
  website: webAddress({ blank: true }).optional(),
  industry: choice(["robotics", "autonomous_vehicle", "ai_ml", "other"]).optional(),
  email: email({ blank: true }).optional(),
  phone: text(50, { blank: true }).optional(),
  visibility: choice(["public", "private"]).optional(),
};
const createBody = body(createFields);
const updateBody = body({
  ...createFields,
  name: createFields.name.optional(),
  slug: slug().optional(),
  handle: handle().nullable().optional(),
});

const order = {
  name: ({ name }: Organization) => name,
  slug: ({ slug }: Organization) => slug,
  created_at: ({ createdAt }: Organization) => createdAt,
};

function create(call: Call, fields: { name: string }): Organization {
  const { store, clock } = call.world;
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
function refuseSlug({ store }: World, organization: Organization, slug: string): void {
  if (organization.slugEditsRemaining === 0) throw invalid("slug", "No slug edits remaining.");
  const holder = store.organizationBySlug(slug);
  if (holder && holder !== organization)
    throw invalid("slug", "organization with this slug already exists.");
}

function refuseHandle({ store }: World, organization: Organization, handle: string): void {
  const holder = store.organizationByHandle(handle);
  if (holder && holder !== organization)
    throw invalid("handle", "organization with this handle already exists.");
}

function update(world: World, organization: Organization, changes: Partial<Organization>): void {
  const { slug, handle, ...plain } = changes;
  if (slug !== undefined) refuseSlug(world, organization, slug);
  if (typeof handle === "string") refuseHandle(world, organization, handle);
  const renamed = plain.name !== undefined && plain.name !== organization.name;
  Object.assign(organization, plain, { updatedAt: world.clock.iso() });
  if (handle !== undefined) world.store.setHandle(organization, handle);
  if (slug !== undefined) {
    organization.slugEditsRemaining--;
    world.store.moveOrganization(organization, slug);
  } else if (renamed && world.settings.slugFollowsName) {
    followName(world, organization);
  }
}

function followName({ store }: World, organization: Organization): void {
  const slug = slugify(organization.name, "organization");
  if (slug !== organization.slug)
    store.moveOrganization(organization, store.freeOrganizationSlug(slug));
}

const isEmpty = ({
  members,
  teams,
  datasetCount,
  projectCount,
  sliceCount,
}: Organization): boolean =>
  members.size + teams.size + datasetCount + projectCount + sliceCount === 1;

function remove({ store, settings }: World, organization: Organization): void {
  if (settings.organizationDelete === "refuse" && !isEmpty(organization)) {
    throw refusal(409, "This organization still has members, teams or data.");
  }
  if (settings.organizationDelete === "soft") organization.isActive = false;
  else store.removeOrganization(organization);
}

export function organizationRoutes(app: Api, world: World): void {
  const tag = "organizations";
  const path = "/organizations/{slug}/";

  operation(
    app,
    world,
    {
      id: "listOrganizations",
      method: "get",
      path: "/organizations/",
      summary: "Organizations the caller belongs to",
      tag,
      query: pageQuery,
      answer: pageOf(schemas.organizationRow),
    },
    (call) =>
      paginate(call, world.store.organizationsOf(call.person), organizationRow(call), order),
  );

  operation(
    app,
    world,
    {
      id: "createOrganization",
      method: "post",
      path: "/organizations/",
      summary: "Create an organization; the caller owns it",
      tag,
      body: createBody,
      status: 201,
      answer: schemas.organizationWritten,
    },
    async (call) => call.json(organizationWritten(call, create(call, await call.body())), 201),
  );

  operation(
    app,
    world,
    {
      id: "listIndustryChoices",
      method: "get",
      path: "/organizations/industry-choices/",
      summary: "Values of the industry field and their labels",
      tag,
      answer: schemas.industryChoices,
    },
    (call) => call.json({ choices: INDUSTRIES }),
  );

  operation(
    app,
    world,
    {
      id: "getOrganization",
      method: "get",
      path,
      summary: "One organization",
      tag,
      answer: schemas.organization,
    },
    (call) => call.json(organizationDetail(call, visit(call, "member").organization)),
  );

  operation(
    app,
    world,
    {
      id: "updateOrganization",
      method: "patch",
      path,
      summary: "Change the fields that are sent",
      tag,
      body: updateBody,
      answer: schemas.organizationWritten,
    },
    async (call) => {
      const { organization } = change(call, "manager");
      update(world, organization, await call.body());
      return call.json(organizationWritten(call, organization));
    },
  );

  operation(
    app,
    world,
    {
      id: "deleteOrganization",
      method: "delete",
      path,
      summary: "Delete an organization; its owner only",
      tag,
    },
    (call) => {
      remove(world, change(call, "owner").organization);
      return call.done();
    },
  );
}

import { change, visit } from "../access.js";
import { body, choice, email, handle, slug, text, webAddress } from "../fields.js";
import type { Organization } from "../model.js";
import { operation, type Router } from "../operation.js";
import { pageOf, pageQuery, paginate } from "../pages.js";
import * as schemas from "../schemas.js";
import { create, remove, update } from "../rules/organizations.js";
import { organizationDetail, organizationRow, organizationWritten } from "../serializers.js";

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
  created_at: ({ createdAt }: Organization) => Date.parse(createdAt),
};

export function organizationRoutes(router: Router): void {
  const tag = "organizations";
  const path = "/organizations/{slug}/";

  operation(
    router,
    {
      id: "listOrganizations",
      method: "get",
      path: "/organizations/",
      summary: "Organizations the caller belongs to",
      tag,
      query: pageQuery,
      answer: pageOf(schemas.organizationRow),
    },
    (call) => paginate(call, call.service.store.organizationsOf(call.person), organizationRow(call), order),
  );

  operation(
    router,
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
    router,
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
    router,
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
    router,
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
      update(call.service, organization, await call.body());
      return call.json(organizationWritten(call, organization));
    },
  );

  operation(
    router,
    {
      id: "deleteOrganization",
      method: "delete",
      path,
      summary: "Delete an organization; its owner only",
      tag,
    },
    (call) => {
      remove(call.service, change(call, "owner").organization);
      return call.done();
    },
  );
}

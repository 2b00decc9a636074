import { z } from "@hono/zod-openapi";
import { change, isManager, memberOf, peopleOrder, visit } from "../access.js";
import { invalid, refusal } from "../errors.js";
import { body, choice, uid } from "../fields.js";
import type { Membership, Organization, OrganizationRole } from "../model.js";
import { type Call, operation, type Router } from "../operation.js";
import { pageOf, pageQuery, paginate } from "../pages.js";
import * as schemas from "../schemas.js";
import { listedMembers, member } from "../serializers.js";
import type { Service } from "../service.js";

type Row = Membership<OrganizationRole>;

const ROLES = ["owner", "admin", "member"];
const roleBody = body({ role: choice(["admin", "member"]) });
const transferBody = body({ new_owner_uid: uid() });

/** `?role=` exactly; every word of `?search=` somewhere in username, email or name. */
function filtered(call: Call, organization: Organization): Row[] {
  const role = call.query.get("role");
  if (role && !ROLES.includes(role)) {
    throw invalid("role", `Select a valid choice. ${role} is not one of the available choices.`);
  }
  const words = (call.query.get("search") ?? "")
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  const rows = listedMembers(organization);
  if (!role && words.length === 0) return rows;
  return rows.filter((row) => (!role || row.role === role) && matches(row, words));
}

function matches({ person }: Row, words: string[]): boolean {
  const fields = [person.username, person.email, ...person.fullName.split(" ")].map((field) => field.toLowerCase());
  return words.every((word) => fields.some((field) => field.includes(word)));
}

function refuseOwner({ role }: Row, what: string): void {
  if (role === "owner") throw refusal(400, `The owner cannot ${what}. Transfer the ownership first.`);
}

function transfer({ clock }: Service, organization: Organization, owner: Row, newOwnerUid: string): void {
  const heir = organization.members.get(newOwnerUid);
  if (!heir) throw invalid("new_owner_uid", "The new owner must be a member of the organization.");
  if (heir === owner) throw invalid("new_owner_uid", "This person already owns the organization.");
  heir.role = "owner";
  owner.role = "admin";
  organization.updatedAt = clock.iso();
}

export function memberRoutes(router: Router): void {
  const tag = "members";
  const base = "/organizations/{slug}";

  operation(
    router,
    {
      id: "listMembers",
      method: "get",
      path: `${base}/members/`,
      summary: "People of an organization",
      tag,
      query: pageQuery.extend({ search: z.string().optional(), role: z.string().optional() }),
      answer: pageOf(schemas.member),
    },
    (call) => {
      const visited = visit(call, "member");
      const rows = filtered(call, visited.organization);
      return paginate(call, rows, member(call, isManager(visited)), peopleOrder);
    },
  );

  operation(
    router,
    {
      id: "updateMemberRole",
      method: "patch",
      path: `${base}/members/{user_uid}/role/`,
      summary: "Make a person admin or member",
      tag,
      body: roleBody,
    },
    async (call) => {
      const row = memberOf(call, change(call, "manager").organization.members);
      const { role } = await call.body();
      refuseOwner(row, "be given another role");
      row.role = role;
      return call.done(member(call, true)(row));
    },
  );

  operation(
    router,
    {
      id: "removeMember",
      method: "delete",
      path: `${base}/members/{user_uid}/`,
      summary: "Remove a person from the organization and its teams",
      tag,
    },
    (call) => {
      const { organization } = change(call, "manager");
      const row = memberOf(call, organization.members);
      refuseOwner(row, "be removed");
      call.service.store.removeMember(organization, row.person);
      return call.done();
    },
  );

  operation(
    router,
    {
      id: "leaveOrganization",
      method: "post",
      path: `${base}/leave/`,
      summary: "Leave an organization",
      tag,
    },
    (call) => {
      const { organization, membership } = change(call, "member");
      refuseOwner(membership, "leave");
      call.service.store.removeMember(organization, call.person);
      return call.done();
    },
  );

  operation(
    router,
    {
      id: "transferOwnership",
      method: "post",
      path: `${base}/transfer-ownership/`,
      summary: "Make another member the owner; the caller becomes admin",
      tag,
      body: transferBody,
    },
    async (call) => {
      const { organization, membership } = change(call, "owner");
      transfer(call.service, organization, membership, (await call.body()).new_owner_uid);
      return call.done();
    },
  );
}

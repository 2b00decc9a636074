import { z } from "@hono/zod-openapi";

const nullable = z.string().nullable();
const writable = {
  slug: z.string(),
  name: z.string(),
  description: z.string(),
  logo: nullable,
  website: z.string(),
  handle: nullable,
  industry: z.string(),
  email: z.string(),
  phone: z.string(),
  visibility: z.enum(["public", "private"]),
};

const both = {
  uid: z.uuid(),
  name: z.string(),
  slug: z.string(),
  handle: nullable,
  logo: nullable,
  industry: z.string(),
  visibility: z.string(),
  plan: z.string(),
  is_verified: z.boolean(),
  is_active: z.boolean(),
  member_count: z.int(),
  team_count: z.int(),
  role: nullable,
  billing_status: nullable,
  created_at: z.iso.datetime(),
};

export const organizationRow = z
  .object({ ...both, joined_at: z.iso.datetime(), public_slug: nullable })
  .openapi("OrganizationRow");

const organizationDetail = z
  .object({
    ...both,
    description: z.string(),
    website: z.string(),
    email: z.string(),
    phone: z.string(),
    dataset_count: z.int(),
    project_count: z.int(),
    slice_count: z.int(),
    allowed_domains: z.array(z.string()).nullable(),
    readme: nullable,
    organization_type: nullable,
    x_url: nullable,
    hugging_face_url: nullable,
    github_url: nullable,
    linkedin_url: nullable,
    slug_edits_remaining: z.int().nullable(),
    updated_at: z.iso.datetime(),
  })
  .openapi("Organization");

export const organization = organizationDetail;
export const organizationWritten = z.union([organizationDetail, z.object(writable).openapi("OrganizationWrite")]);

const person = {
  user_uid: z.uuid(),
  username: z.string(),
  email: nullable,
  full_name: z.string(),
  picture: nullable,
  created_at: z.iso.datetime(),
};

export const member = z
  .object({
    ...person,
    role: z.enum(["owner", "admin", "member"]),
    last_active_at: nullable.optional(),
  })
  .openapi("OrganizationMember");

export const teamMember = z.object({ ...person, role: z.enum(["lead", "member"]) }).openapi("TeamMember");

export const invitation = z
  .object({
    uid: z.uuid(),
    organization_name: z.string(),
    organization_slug: z.string(),
    invited_email: z.string(),
    invited_by_username: z.string(),
    role: z.string(),
    status: z.enum(["pending", "accepted", "expired", "cancelled"]),
    expires_at: z.iso.datetime(),
    is_expired: z.boolean(),
    accept_url: z.string(),
    copy_link: z.string(),
    created_at: z.iso.datetime(),
  })
  .openapi("Invitation");

export const team = z
  .object({
    uid: z.uuid(),
    name: z.string(),
    slug: z.string(),
    description: z.string(),
    color: z.string(),
    organization_uid: z.uuid(),
    organization_name: z.string(),
    organization_slug: z.string(),
    member_count: z.int(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .openapi("Team");

export const teamWritten = z.union([
  team,
  z.object({ name: z.string(), description: z.string(), color: z.string() }).openapi("TeamWrite"),
]);

export const permissions = z
  .object({
    type: z.string(),
    is_staff_privileged: z.boolean(),
    scopes: z.array(z.string()),
    capabilities: z.array(z.string()),
    toolsets: z.array(z.string()),
  })
  .openapi("CredentialPermissions");

export const currentUser = z.object({ uid: z.uuid().optional(), username: z.string() }).openapi("CurrentUser");

export const industryChoices = z.object({ choices: z.record(z.string(), z.string()) }).openapi("IndustryChoices");

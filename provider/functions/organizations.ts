import type * as pulumi from "@pulumi/pulumi";
import type { Organization } from "../resources/organization.js";
import { ask, askOutput } from "./ask.js";
import { listQuery, objectQuery, type Read } from "./query.js";

/** Which organization. */
export interface GetOrganizationArgs {
  /** Its uid or slug. */
  organization: string;
}

/** Which organization. */
export interface GetOrganizationOutputArgs {
  /** The resource, its uid or slug. */
  organization: Organization | pulumi.Input<string>;
}

/**
 * An organization. What the service leaves out is absent. A list leaves out `description`, `website`, `email`, `phone`,
 * `allowedDomains`, `slugEditsRemaining` and the counts of datasets, projects and slices.
 */
export interface OrganizationResult {
  /** Its uid, as `Organization` resources have it for an id. */
  id: string;
  /** Lasting identity, a UUID. */
  uid: string;
  /** Last part of its address; moves when somebody edits it. */
  slug: string;
  /** Display name; not unique. */
  name?: string;
  /** Short public name, unique in Avala; null where it has none. */
  handle?: string | null;
  description?: string;
  website?: string;
  /** Line of business; one of `getIndustryChoices`. */
  industry?: string;
  /** Contact address. */
  email?: string;
  phone?: string;
  /** `public` or `private`; others may come. */
  visibility?: string;
  /** `basic`, `pro` or `enterprise`; others may come. */
  plan?: string;
  /** Whether Avala has verified it. */
  isVerified?: boolean;
  /** Never false: what is deleted is not answered. */
  isActive?: boolean;
  /** What the API key's user is in it: `owner`, `admin` or `member`; others may come. */
  role?: string | null;
  memberCount?: number;
  teamCount?: number;
  datasetCount?: number;
  projectCount?: number;
  sliceCount?: number;
  /** How often the slug may still change; null where the service sets no limit. */
  slugEditsRemaining?: number | null;
  /** Domains of e-mail addresses that people may join with; null where any may. */
  allowedDomains?: string[] | null;
  /** Text of its profile; may be empty. Absent where it has none, as are the fields that follow. */
  readme?: string;
  /** What kind of organization its profile says it is; an open set. */
  organizationType?: string;
  /** Its page at X; may be empty. */
  xUrl?: string;
  /** Its page at Hugging Face; may be empty. */
  huggingFaceUrl?: string;
  /** Its page at GitHub; may be empty. */
  githubUrl?: string;
  /** Its page at LinkedIn; may be empty. */
  linkedinUrl?: string;
  /** Time of creation, ISO 8601: UTC, such as `2026-01-31T12:00:00.000Z`. */
  createdAt?: string;
}

const readOrganization: Read<GetOrganizationArgs, OrganizationResult> = async (service, args) => {
  const organization = await service.organization(args.organization);
  return { id: organization.uid, ...(await organization.detail()) };
};
const organization = objectQuery("getOrganization", readOrganization);

const readOrganizations: Read<object, OrganizationResult[]> = async (service) =>
  (await service.organizations()).map((row) => ({ id: row.uid, ...row }));
const organizations = listQuery("getOrganizations", readOrganizations);

/**
 * An organization that the key reaches, with all its fields.
 *
 * @example
 * const { id, plan } = await getOrganization({ organization: "acme" });
 *
 * @throws `AVALA_ORGANIZATION_NOT_FOUND` where the key reaches none of this uid or slug
 */
export function getOrganization(args: GetOrganizationArgs, opts?: pulumi.InvokeOptions): Promise<OrganizationResult> {
  return ask(organization, args, opts);
}

/** As `getOrganization`, for arguments that are outputs or resources. */
export function getOrganizationOutput(
  args: GetOrganizationOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<OrganizationResult> {
  return askOutput(organization, args, opts);
}

/**
 * All organizations that the key reaches. The service lists only those that the API key's user belongs to.
 *
 * @example
 * const slugs = (await getOrganizations()).map(({ slug }) => slug);
 */
export function getOrganizations(opts?: pulumi.InvokeOptions): Promise<OrganizationResult[]> {
  return ask(organizations, {}, opts);
}

/** As `getOrganizations`, for a provider or `dependsOn` that is yet to be made. */
export function getOrganizationsOutput(opts?: pulumi.InvokeOutputOptions): pulumi.Output<OrganizationResult[]> {
  return askOutput(organizations, {}, opts);
}

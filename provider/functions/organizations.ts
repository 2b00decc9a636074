import type * as pulumi from "@pulumi/pulumi";
import type { Organization } from "../resources/organization.js";
import { ask, askOutput } from "./ask.js";
import { listQuery, objectQuery, type Read } from "./query.js";

/**
 * The organization that is read.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getorganization
 */
export interface GetOrganizationArgs {
  /** Uid or slug of the organization. */
  organization: string;
}

/**
 * The organization that is read.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getorganization
 */
export interface GetOrganizationOutputArgs {
  /** The organization: the resource, its uid or slug. */
  organization: Organization | pulumi.Input<string>;
}

/**
 * An organization. Fields that Avala omits are absent. `getOrganizations` omits `description`, `website`, `email`,
 * `phone`, `allowedDomains`, `slugEditsRemaining` and the counts of datasets, projects and slices.
 */
export interface OrganizationResult {
  /** The uid, which is also the id of `Organization` resources. */
  id: string;
  /** Identity, a UUID; it never changes. */
  uid: string;
  /** Last part of the organization's address. It may change. */
  slug: string;
  /** Display name; not unique. */
  name?: string;
  /** Short public name, unique in Avala; null if there is none. */
  handle?: string | null;
  description?: string;
  website?: string;
  /** Industry; one of `getIndustryChoices`. */
  industry?: string;
  /** Contact email address. */
  email?: string;
  phone?: string;
  /** `public` or `private`; Avala may add more. */
  visibility?: string;
  /** `basic`, `pro` or `enterprise`; Avala may add more. */
  plan?: string;
  /** Whether Avala has verified the organization. */
  isVerified?: boolean;
  /** Always true: deleted organizations are not returned. */
  isActive?: boolean;
  /** Role of the API key's user: `owner`, `admin` or `member`; Avala may add more. */
  role?: string | null;
  memberCount?: number;
  teamCount?: number;
  datasetCount?: number;
  projectCount?: number;
  sliceCount?: number;
  /** Number of times that the slug may still be changed; null if it is unlimited. */
  slugEditsRemaining?: number | null;
  /** Email domains with which people may join; null if every domain is allowed. */
  allowedDomains?: string[] | null;
  /** Text of the profile; may be empty. Absent if the organization has no profile, like the fields below. */
  readme?: string;
  /** Kind of organization according to the profile; an open set. */
  organizationType?: string;
  /** Page at X; may be empty. */
  xUrl?: string;
  /** Page at Hugging Face; may be empty. */
  huggingFaceUrl?: string;
  /** Page at GitHub; may be empty. */
  githubUrl?: string;
  /** Page at LinkedIn; may be empty. */
  linkedinUrl?: string;
  /** Time of creation, in ISO 8601: UTC, such as `2026-01-31T12:00:00.000Z`. */
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
 * An organization, with all its fields.
 *
 * @example
 * ```ts
 * import { getOrganizationOutput } from "pulumi-avala";
 *
 * const globex = getOrganizationOutput({ organization: "globex" });
 *
 * export const plan = globex.plan;
 * export const memberCount = globex.memberCount;
 * ```
 *
 * @throws `AVALA_ORGANIZATION_NOT_FOUND` if no organization with this uid or slug is visible to the key
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getorganization
 */
export function getOrganization(args: GetOrganizationArgs, opts?: pulumi.InvokeOptions): Promise<OrganizationResult> {
  return ask(organization, args, opts);
}

/**
 * As `getOrganization`, for arguments that are outputs or resources.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getorganization
 */
export function getOrganizationOutput(
  args: GetOrganizationOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<OrganizationResult> {
  return askOutput(organization, args, opts);
}

/**
 * All organizations to which the API key's user belongs.
 *
 * @example
 * ```ts
 * import { getOrganizationsOutput } from "pulumi-avala";
 *
 * export const slugs = getOrganizationsOutput().apply((organizations) => organizations.map(({ slug }) => slug));
 * ```
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getorganizations
 */
export function getOrganizations(opts?: pulumi.InvokeOptions): Promise<OrganizationResult[]> {
  return ask(organizations, {}, opts);
}

/**
 * As `getOrganizations`, for a provider or `dependsOn` that does not exist yet.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getorganizations
 */
export function getOrganizationsOutput(opts?: pulumi.InvokeOutputOptions): pulumi.Output<OrganizationResult[]> {
  return askOutput(organizations, {}, opts);
}

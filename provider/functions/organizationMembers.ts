import type * as pulumi from "@pulumi/pulumi";
import type { Organization } from "../resources/organization.js";
import { ask, askOutput } from "./ask.js";
import { listQuery, type Read } from "./query.js";

/**
 * The organization whose members are read, and filters.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getorganizationmembers
 */
export interface GetOrganizationMembersArgs {
  /** Uid or slug of the organization. */
  organization: string;
  /**
   * Only people whose user name, email address, first or last name matches this text, as decided by Avala. Default:
   * all.
   */
  search?: string | undefined;
  /** Only people with this role. Default: all. */
  role?: "owner" | "admin" | "member" | undefined;
}

/**
 * The organization whose members are read, and filters.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getorganizationmembers
 */
export interface GetOrganizationMembersOutputArgs {
  /** The organization: the resource, its uid or slug. */
  organization: Organization | pulumi.Input<string>;
  /**
   * Only people whose user name, email address, first or last name matches this text, as decided by Avala. Default:
   * all.
   */
  search?: pulumi.Input<string | undefined>;
  /** Only people with this role. Default: all. */
  role?: pulumi.Input<"owner" | "admin" | "member" | undefined>;
}

/** A person in an organization. Fields that Avala omits are absent. */
export interface OrganizationMemberResult {
  /** The person's uid, a UUID; it never changes. */
  userUid: string;
  /** Personal data: for some people it is their phone number. */
  username?: string;
  /** Absent if Avala hides email addresses from the key. */
  email?: string;
  fullName?: string;
  /** `owner`, `admin` or `member`; Avala may add more. */
  role?: string;
  /** Time at which the person joined, in ISO 8601: UTC, such as `2026-01-31T12:00:00.000Z`. */
  createdAt?: string;
  /**
   * Time at which the person was last active, in ISO 8601. Only visible to owners and admins; absent if the person was
   * never active. It changes all the time, and so does every stack output or resource input that contains it.
   */
  lastActiveAt?: string;
}

const readMembers: Read<GetOrganizationMembersArgs, OrganizationMemberResult[]> = async (service, args) => {
  const { search, role } = args;
  const organization = await service.organization(args.organization);
  return organization.withSlug((slug) => service.client.members.list(slug, { search, role }));
};
const organizationMembers = listQuery("getOrganizationMembers", readMembers);

/**
 * The members of an organization, all of them or those that match the filters.
 *
 * @example
 * ```ts
 * import { getOrganizationMembersOutput } from "pulumi-avala";
 *
 * const admins = getOrganizationMembersOutput({ organization: "globex", role: "admin" });
 *
 * export const emails = admins.apply((people) => people.map(({ email, username }) => email ?? username));
 * ```
 *
 * @throws `AVALA_ORGANIZATION_NOT_FOUND` if no organization with this uid or slug is visible to the key
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getorganizationmembers
 */
export function getOrganizationMembers(
  args: GetOrganizationMembersArgs,
  opts?: pulumi.InvokeOptions,
): Promise<OrganizationMemberResult[]> {
  return ask(organizationMembers, args, opts);
}

/**
 * As `getOrganizationMembers`, for arguments that are outputs or resources.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getorganizationmembers
 */
export function getOrganizationMembersOutput(
  args: GetOrganizationMembersOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<OrganizationMemberResult[]> {
  return askOutput(organizationMembers, args, opts);
}

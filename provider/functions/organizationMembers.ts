import type * as pulumi from "@pulumi/pulumi";
import type { Organization } from "../resources/organization.js";
import { ask, askOutput } from "./ask.js";
import { listQuery, type Read } from "./query.js";

/** Whose members, and which of them. */
export interface GetOrganizationMembersArgs {
  /** Uid or slug of the organization. */
  organization: string;
  /** Only people whose username, e-mail, first or last name the service finds by this text. Default: everybody. */
  search?: string | undefined;
  /** Only people of this role. Default: everybody. */
  role?: "owner" | "admin" | "member" | undefined;
}

/** Whose members, and which of them. */
export interface GetOrganizationMembersOutputArgs {
  /** The organization: the resource, its uid or slug. */
  organization: Organization | pulumi.Input<string>;
  /** Only people whose username, e-mail, first or last name the service finds by this text. Default: everybody. */
  search?: pulumi.Input<string | undefined>;
  /** Only people of this role. Default: everybody. */
  role?: pulumi.Input<"owner" | "admin" | "member" | undefined>;
}

/** A person in an organization. What the service leaves out is absent. */
export interface OrganizationMemberResult {
  /** The person's lasting identity, a UUID. */
  userUid: string;
  /** Personal: of some people it is the phone number. */
  username?: string;
  /** Absent where the service hides addresses from the key. */
  email?: string;
  fullName?: string;
  /** `owner`, `admin` or `member`; others may come. */
  role?: string;
  /** When the person joined, ISO 8601: UTC, such as `2026-01-31T12:00:00.000Z`. */
  createdAt?: string;
  /**
   * When the person was last active, ISO 8601. Only for keys of owners and admins; absent where they never were. It changes
   * all the time: what is exported or given to a resource with it changes as often.
   */
  lastActiveAt?: string;
}

const readMembers: Read<GetOrganizationMembersArgs, OrganizationMemberResult[]> = async (service, args) => {
  const { search, role } = args;
  const organization = await service.organization(args.organization);
  return organization.at((slug) => service.client.members.list(slug, { search, role }));
};
const organizationMembers = listQuery("getOrganizationMembers", readMembers);

/**
 * The people in an organization, all of them or those that a filter leaves.
 *
 * @example
 * const admins = await getOrganizationMembers({ organization: "acme", role: "admin" });
 *
 * @throws `AVALA_ORGANIZATION_NOT_FOUND` where the key reaches no such organization
 */
export function getOrganizationMembers(
  args: GetOrganizationMembersArgs,
  opts?: pulumi.InvokeOptions,
): Promise<OrganizationMemberResult[]> {
  return ask(organizationMembers, args, opts);
}

/** As `getOrganizationMembers`, for arguments that are outputs or resources. */
export function getOrganizationMembersOutput(
  args: GetOrganizationMembersOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<OrganizationMemberResult[]> {
  return askOutput(organizationMembers, args, opts);
}

import * as pulumi from "@pulumi/pulumi";
import { ask, askOutput } from "./ask.js";
import { listQuery, type Read } from "./query.js";
import type { GetOrganizationArgs, GetOrganizationOutputArgs } from "./organizations.js";

/**
 * The organization whose invitations are read.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getinvitations
 */
export interface GetInvitationsArgs extends GetOrganizationArgs {}

/**
 * The organization whose invitations are read.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getinvitations
 */
export interface GetInvitationsOutputArgs extends GetOrganizationOutputArgs {}

/** An invitation. Fields that Avala omits are absent. */
export interface InvitationResult {
  /** Identity, a UUID; it never changes. */
  uid: string;
  /** Email address of the invited person. */
  email?: string;
  /** `admin` or `member`; Avala may add more. */
  role?: string;
  /** `pending`, `accepted`, `expired` or `cancelled`; Avala may add more. */
  status?: string;
  /** Time at which the invitation expires, in ISO 8601. */
  expiresAt?: string;
  /** Whether it has expired; the status may still be `pending`. */
  isExpired?: boolean;
  /** Time of creation, in ISO 8601. */
  createdAt?: string;
  /** URL at which the invitation is accepted. A secret: anyone who has it can join. */
  acceptUrl?: pulumi.Output<string>;
  /** Link to pass on to the person. A secret: anyone who has it can join. */
  copyLink?: pulumi.Output<string>;
}

type WithLinks = Omit<InvitationResult, "acceptUrl" | "copyLink"> & {
  acceptUrl?: pulumi.Input<string>;
  copyLink?: pulumi.Input<string>;
};

function withSecretLinks({ acceptUrl, copyLink, ...shown }: WithLinks): InvitationResult {
  return {
    ...shown,
    ...(acceptUrl !== undefined && { acceptUrl: pulumi.secret(acceptUrl) }),
    ...(copyLink !== undefined && { copyLink: pulumi.secret(copyLink) }),
  };
}

const readInvitations: Read<GetInvitationsArgs, InvitationResult[]> = async (service, args) => {
  const organization = await service.organization(args.organization);
  const rows = await organization.withSlug((slug) => service.client.invitations.list(slug));
  return rows.map(withSecretLinks);
};
const invitations = listQuery("getInvitations", readInvitations, withSecretLinks);

/**
 * The invitations that Avala lists for an organization: pending ones, and on some deployments others too. Each link in
 * them is a secret. Needs an API key of an owner or admin.
 *
 * @example
 * ```ts
 * import * as pulumi from "@pulumi/pulumi";
 * import { getInvitationsOutput } from "pulumi-avala";
 *
 * // A secret as a whole, because it contains the accept links. Addresses are not secret.
 * const invitations = getInvitationsOutput({ organization: "globex" });
 *
 * export const waiting = pulumi.unsecret(invitations.apply((rows) => rows.map(({ email }) => email)));
 * ```
 *
 * @throws `AVALA_ORGANIZATION_NOT_FOUND` if no organization with this uid or slug is visible to the key
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getinvitations
 */
export function getInvitations(args: GetInvitationsArgs, opts?: pulumi.InvokeOptions): Promise<InvitationResult[]> {
  return ask(invitations, args, opts);
}

/**
 * As `getInvitations`, for arguments that are outputs or resources. The whole Output is a secret, because it contains
 * the links, and an Output cannot be secret in part.
 * @see https://avala-ai.github.io/pulumi-avala/reference/functions#getinvitations
 */
export function getInvitationsOutput(
  args: GetInvitationsOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<pulumi.Unwrap<InvitationResult[]>> {
  return pulumi.secret(askOutput(invitations, args, opts));
}

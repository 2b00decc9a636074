import * as pulumi from "@pulumi/pulumi";
import { ask, askOutput } from "./ask.js";
import { listQuery, type Read } from "./query.js";
import type { GetOrganizationArgs, GetOrganizationOutputArgs } from "./organizations.js";

/** Whose invitations. */
export interface GetInvitationsArgs extends GetOrganizationArgs {}

/** Whose invitations. */
export interface GetInvitationsOutputArgs extends GetOrganizationOutputArgs {}

/** An invitation. What the service leaves out is absent. */
export interface InvitationResult {
  /** Lasting identity, a UUID. */
  uid: string;
  /** Who was invited. */
  email?: string;
  /** `admin` or `member`; others may come. */
  role?: string;
  /** `pending`, `accepted`, `expired` or `cancelled`; others may come. */
  status?: string;
  /** End of its validity, ISO 8601. */
  expiresAt?: string;
  /** Whether its time is over; the status may still be `pending`. */
  isExpired?: boolean;
  /** Time of creation, ISO 8601. */
  createdAt?: string;
  /** Where the invitation is accepted. A secret: whoever has it can join. */
  acceptUrl?: pulumi.Output<string>;
  /** The link to hand on. A secret: whoever has it can join. */
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
  const rows = await organization.at((slug) => service.client.invitations.list(slug));
  return rows.map(withSecretLinks);
};
const invitations = listQuery("getInvitations", readInvitations, withSecretLinks);

/**
 * The invitations that an organization lists: those that are pending, and what else a deployment shows. Each link in
 * them is a secret. Needs a key of an owner or admin.
 *
 * @example
 * const pending = (await getInvitations({ organization: "acme" })).map(({ email }) => email);
 *
 * @throws `AVALA_ORGANIZATION_NOT_FOUND` where the key reaches no such organization
 */
export function getInvitations(args: GetInvitationsArgs, opts?: pulumi.InvokeOptions): Promise<InvitationResult[]> {
  return ask(invitations, args, opts);
}

/**
 * As `getInvitations`, for arguments that are outputs or resources. An Output is secret as a whole or not at all: this
 * one is, for the links are in it.
 */
export function getInvitationsOutput(
  args: GetInvitationsOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<pulumi.Unwrap<InvitationResult[]>> {
  return pulumi.secret(askOutput(invitations, args, opts));
}

import { z } from "zod";

const count = z.int().min(1);

/** In place of a real host name: nothing listens there. */
export const OTHER_HOST = "127.0.0.1:9";

/**
 * Settings of the emulator that reproduce a deployment, with the emulator's names and values; what was not seen is
 * absent. Some settings are never in a profile: which addresses are hidden (`hideEmailsOf`) names people, and `seats` and
 * `invitesPerMinute` cannot be seen without using them up.
 */
export const profileSettings = z.strictObject({
  maxPageSize: count.optional(),
  rateLimit: z.strictObject({ perMinute: count, perSecond: count }).nullable().optional(),
  writeBody: z.enum(["full", "minimal"]).optional(),
  lists: z.enum(["page", "array"]).optional(),
  nextHost: z.literal(OTHER_HOST).nullable().optional(),
  organizationDelete: z.enum(["hard", "soft", "refuse"]).optional(),
  slugFollowsName: z.boolean().optional(),
  lowercaseEmails: z.boolean().optional(),
  hideEmails: z.boolean().optional(),
  expiredInvitations: z.enum(["listed", "hidden"]).optional(),
  teamCreatorJoins: z.boolean().optional(),
  voidStatus: z.literal([200, 204]).optional(),
  hiddenIs: z.literal([403, 404]).optional(),
  readLagMs: z.int().min(0).optional(),
  currentUser: z.literal(["full", "withoutUid", 403, 404, "html"]).optional(),
});

export type ProfileSettings = z.output<typeof profileSettings>;

/** What one command measured of one deployment: no key, address, uid or host is in it. */
export const profileSchema = z.strictObject({
  version: z.literal(1),
  /** Day of the probe, in UTC: `2026-11-29`. */
  date: z.iso.date(),
  settings: profileSettings,
  /** By the name of the statement. */
  statements: z.record(
    z.string(),
    z.strictObject({ verdict: z.enum(["holds", "differs", "notVisible", "notTried"]), details: z.string() }),
  ),
});

export type Profile = z.output<typeof profileSchema>;

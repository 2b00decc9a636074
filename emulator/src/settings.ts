import { z } from "@hono/zod-openapi";
import { uid } from "./fields.js";

const count = z.int().min(1);

/** What the service's contract leaves open or a deployment may choose. Every field is always present. */
export const settingsSchema = z.strictObject({
  maxPageSize: count,
  rateLimit: z.strictObject({ perMinute: count, perSecond: count }).nullable(),
  writeBody: z.enum(["full", "minimal"]),
  lists: z.enum(["page", "array"]),
  nextHost: z
    .string()
    .regex(/^[-.\w]+(:\d+)?$/, "expected host or host:port")
    .nullable(),
  organizationDelete: z.enum(["hard", "soft", "refuse"]),
  slugFollowsName: z.boolean(),
  lowercaseEmails: z.boolean(),
  hideEmails: z.boolean(),
  hideEmailsOf: z.array(uid()),
  expiredInvitations: z.enum(["listed", "hidden"]),
  teamCreatorJoins: z.boolean(),
  voidStatus: z.literal([200, 204]),
  seats: count.nullable(),
  invitesPerMinute: count.nullable(),
  hiddenIs: z.literal([403, 404]),
  readLagMs: z.int().min(0),
  currentUser: z.literal(["full", "withoutUid", 403, 404, "html"]),
});

export type Settings = z.output<typeof settingsSchema>;

/** A fresh emulator: the documented limits, and the likeliest reading of everything else. */
export const defaultSettings: Readonly<Settings> = Object.freeze({
  maxPageSize: 100,
  rateLimit: { perMinute: 100, perSecond: 20 },
  writeBody: "full",
  lists: "page",
  nextHost: null,
  organizationDelete: "hard",
  slugFollowsName: false,
  lowercaseEmails: false,
  hideEmails: false,
  hideEmailsOf: [],
  expiredInvitations: "listed",
  teamCreatorJoins: false,
  voidStatus: 204,
  seats: null,
  invitesPerMinute: null,
  hiddenIs: 404,
  readLagMs: 0,
  currentUser: "full",
});

import { randomBytes, randomUUID } from "node:crypto";
import { z } from "@hono/zod-openapi";
import { problems, SeedError } from "./errors.js";
import { choice, email, handle, slug, uid, webAddress } from "./fields.js";
import { scopes } from "./scopes.js";
import { settingsSchema } from "./settings.js";

export { SeedError } from "./errors.js";

export const INVITATION_SECONDS = 14 * 24 * 3600;
export const SLUG_EDITS = 3;
export const DEFAULT_COLOR = "#6366F1";
export const newToken = (): string => randomBytes(18).toString("base64url");

const newUid = () => uid().default(() => randomUUID());
const time = z.iso.datetime().optional();
const count = z.int().min(0).default(0);

const personSeed = z.strictObject({
  uid: newUid(),
  email: email(),
  username: z.string().min(1).optional(),
  fullName: z.string().default(""),
  picture: z.string().nullable().default(null),
  lastActiveAt: time,
});

const invitationSeed = z.strictObject({
  uid: newUid(),
  email: email(),
  role: choice(["admin", "member"]).default("member"),
  status: choice(["pending", "accepted", "cancelled", "expired"]).default("pending"),
  token: z.string().min(1).default(newToken),
  invitedBy: email().optional(),
  expiresAt: time,
  createdAt: time,
});

const teamSeed = z.strictObject({
  uid: newUid(),
  name: z.string().min(1).max(255),
  slug: slug().optional(),
  description: z.string().max(1024).default(""),
  color: z.string().min(1).max(7).default(DEFAULT_COLOR),
  createdAt: time,
  updatedAt: time,
  members: z
    .array(
      z.strictObject({
        email: email(),
        role: choice(["lead", "member"]).default("member"),
        createdAt: time,
      }),
    )
    .default([]),
});

/** Nobody can write these through the API. */
export const profileFields = {
  readme: z.string().nullable(),
  organizationType: z.string().nullable(),
  xUrl: z.string().nullable(),
  huggingFaceUrl: z.string().nullable(),
  githubUrl: z.string().nullable(),
  linkedinUrl: z.string().nullable(),
};

const organizationSeed = z.strictObject({
  uid: newUid(),
  name: z.string().min(1).max(1024),
  slug: slug().optional(),
  handle: handle().nullable().default(null),
  description: z.string().max(1024).default(""),
  logo: webAddress().nullable().default(null),
  website: z.string().default(""),
  industry: z.string().default("other"),
  email: z.string().default(""),
  phone: z.string().default(""),
  visibility: z.string().default("private"),
  plan: z.string().default("pro"),
  isVerified: z.boolean().default(false),
  isActive: z.boolean().default(true),
  datasetCount: count,
  projectCount: count,
  sliceCount: count,
  allowedDomains: z.array(z.string()).nullable().default(null),
  readme: profileFields.readme.default(null),
  organizationType: profileFields.organizationType.default(null),
  xUrl: profileFields.xUrl.default(null),
  huggingFaceUrl: profileFields.huggingFaceUrl.default(null),
  githubUrl: profileFields.githubUrl.default(null),
  linkedinUrl: profileFields.linkedinUrl.default(null),
  slugEditsRemaining: z.int().min(0).nullable().default(SLUG_EDITS),
  createdAt: time,
  updatedAt: time,
  counts: z.strictObject({ members: count, teams: count }).optional(),
  members: z
    .array(
      z.strictObject({
        email: email(),
        role: choice(["owner", "admin", "member"]).default("member"),
        createdAt: time,
        unlisted: z.literal(true).optional(),
      }),
    )
    .min(1),
  invitations: z.array(invitationSeed).default([]),
  teams: z.array(teamSeed).default([]),
});

const emailSeed = z.strictObject({
  to: z.string(),
  kind: choice(["invitation", "resend"]),
  invitationUid: uid(),
  at: z.iso.datetime(),
});

/** The one shape of a start and of `GET /_emulator/state`. */
export const seedSchema = z.strictObject({
  clockOffsetSeconds: z.number().min(0).default(0),
  settings: settingsSchema.partial().default({}),
  people: z.array(personSeed).default([]),
  keys: z
    .array(
      z.strictObject({
        key: z.string().min(1),
        email: email(),
        revoked: z.boolean().default(false),
        scopes: scopes().optional(),
        currentUser: settingsSchema.shape.currentUser.optional(),
        hides: z.array(z.string()).optional(),
      }),
    )
    .default([]),
  organizations: z.array(organizationSeed).default([]),
  emails: z.array(emailSeed).default([]),
});

/** What can be added to a running service. */
const additionsSchema = seedSchema.pick({ settings: true, people: true, keys: true, organizations: true });

/** What a start may hold; everything has a default except emails, names and the members of an organization. */
export type Seed = z.input<typeof seedSchema>;
/** The same shape with nothing left out. */
export type State = z.output<typeof seedSchema>;
export type Additions = z.input<typeof additionsSchema>;
export type AddedState = z.output<typeof additionsSchema>;
export type OrganizationSeed = State["organizations"][number];

/** Checks the shape, and answers it with the defaults filled in. */
export const parseSeed = (raw: unknown): State => parse(seedSchema, raw);

export const parseAdditions = (raw: unknown): AddedState => parse(additionsSchema, raw);

function parse<Schema extends z.ZodType>(schema: Schema, raw: unknown): z.output<Schema> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new SeedError(problems(parsed.error));
}

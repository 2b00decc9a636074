import * as z from "zod";
import { contentIfAny, contentOf, type Answer } from "../http/content.js";
import type { RequestFacts } from "../../core/errors.js";
import { shapeError } from "../http/failures.js";
import { canonicalUid } from "../../core/identity.js";
import { printable } from "../../core/text.js";
import { canonicalTime } from "../../core/time.js";
import { type Choice, choicesOf } from "./choices.js";
import type {
  CredentialPermissions,
  Identified,
  Invitation,
  Member,
  Organization,
  Team,
  TeamMember,
} from "../types.js";

/*
 * The format of responses, read tolerantly: unknown keys are ignored, enumerations are open, and all fields except
 * those that identify an object may be missing or null. A field of a different type is an error: a guess would cause a
 * wrong diff.
 */
/**
 * A uid or slug becomes part of ids, paths and messages: it has only visible characters, no slash, and a limited
 * length. Real ones are UUIDs, or consist of letters, digits, hyphens and underscores.
 */
const identifier = z.string().regex(/^[!-.0-~]{1,255}$/);
/** Highest number of entries of a list within a row. */
const MOST_ENTRIES = 1000;
/** Counted before any entry is checked: a list of millions of wrong entries would cause as many problems. */
const listOf = <T>(entry: z.ZodType<T>) => z.array(z.unknown()).max(MOST_ENTRIES).pipe(z.array(entry));
/** A uid is compared, recorded and sent in one spelling, also if the response has 32 digits, capitals or braces. */
const uid = identifier.transform((spelling) => canonicalUid(spelling) ?? spelling);
const text = z.string().nullish();
const time = z
  .string()
  .transform((spelling) => canonicalTime(spelling))
  .nullish();
const flag = z.boolean().nullish();
const count = z.number().nullish();

type Camel<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S;
type Kept<K, V, N> = K extends N ? V : Exclude<V, null>;
type Camelled<T, N> = { [K in keyof T as K extends string ? Camel<K> : never]: Kept<K, T[K], N> };

/** Keys in camelCase; values that are undefined, or null without a meaning, are absent. */
function camel<T extends object, N extends keyof T = never>(wire: T, nullable: readonly N[] = []): Camelled<T, N> {
  const known = Object.entries(wire).filter(
    ([key, value]) => value !== undefined && (value !== null || nullable.some((name) => name === key)),
  );
  const rename = (key: string) => key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(known.map(([key, value]) => [rename(key), value])) as Camelled<T, N>;
}

const organizationFields = {
  uid: uid.nullish(),
  slug: identifier.nullish(),
  name: text,
  handle: text,
  description: text,
  website: text,
  industry: text,
  email: text,
  phone: text,
  visibility: text,
  plan: text,
  is_verified: flag,
  is_active: flag,
  role: text,
  member_count: count,
  team_count: count,
  dataset_count: count,
  project_count: count,
  slice_count: count,
  slug_edits_remaining: count,
  allowed_domains: listOf(z.string()).nullish(),
  readme: text,
  organization_type: text,
  x_url: text,
  hugging_face_url: text,
  github_url: text,
  linkedin_url: text,
  created_at: time,
};
const ORGANIZATION_NULLS = ["handle", "role", "slug_edits_remaining", "allowed_domains"] as const;

/** The response to a write, which may repeat only what was sent (writes-echo-input). */
export const organizationEcho: z.ZodType<Organization> = z
  .object(organizationFields)
  .transform((wire) => camel(wire, ORGANIZATION_NULLS));

export const organization: z.ZodType<Identified<Organization>> = z
  .object({ ...organizationFields, uid, slug: identifier })
  .transform((wire) => camel(wire, ORGANIZATION_NULLS));

const teamFields = {
  uid: uid.nullish(),
  slug: identifier.nullish(),
  name: text,
  description: text,
  color: text,
  member_count: count,
  created_at: time,
};

/** The response to a write, which may repeat only what was sent (writes-echo-input). */
export const teamEcho: z.ZodType<Team> = z.object(teamFields).transform((wire) => camel(wire));

export const team: z.ZodType<Identified<Team>> = z
  .object({ ...teamFields, uid, slug: identifier })
  .transform((wire) => camel(wire));

const personFields = {
  user_uid: uid,
  username: text,
  email: text,
  full_name: text,
  role: text,
  created_at: time,
};

export const member: z.ZodType<Member> = z
  .object({ ...personFields, last_active_at: time })
  .transform((wire) => camel(wire));

export const teamMember: z.ZodType<TeamMember> = z.object(personFields).transform((wire) => camel(wire));

const invitationFields = {
  uid: uid.nullish(),
  invited_email: text,
  role: text,
  status: text,
  expires_at: time,
  is_expired: flag,
  created_at: time,
  accept_url: text,
  copy_link: text,
};

/** The response to a write, which may repeat only what was sent (writes-echo-input). */
export const invitationEcho: z.ZodType<Partial<Invitation>> = z.object(invitationFields).transform(fromInvitation);

export const invitation: z.ZodType<Invitation> = z
  .object({ ...invitationFields, uid })
  .transform((wire) => Object.assign(fromInvitation(wire), { uid: wire.uid }));

type WireInvitation = {
  [K in keyof typeof invitationFields]?: z.output<(typeof invitationFields)[K]>;
};

function fromInvitation({ invited_email, accept_url, copy_link, ...rest }: WireInvitation): Partial<Invitation> {
  const shown: Partial<Invitation> = camel({ ...rest, email: invited_email });
  hide(shown, "acceptUrl", accept_url);
  hide(shown, "copyLink", copy_link);
  return shown;
}

function hide(shown: object, key: "acceptUrl" | "copyLink", value: string | null | undefined): void {
  if (typeof value === "string") Object.defineProperty(shown, key, { value, enumerable: false });
}

const words = listOf(z.string())
  .nullish()
  .transform((list) => list ?? []);

/** Any shape other than a list of texts means unknown; an empty list means that nothing is granted. */
const scopes = listOf(z.string())
  .nullish()
  .catch(undefined)
  .transform((list) => list ?? undefined);

export const permissions: z.ZodType<CredentialPermissions> = z
  .object({
    type: text,
    is_staff_privileged: flag,
    scopes,
    capabilities: words,
    toolsets: words,
  })
  .transform((wire) => camel(wire));

/** The uid in canonical spelling; a text that is not a uid means an unknown user. */
export const currentUser: z.ZodType<{ uid: string }> = z.object({
  uid: z.string().transform(canonicalUid).pipe(z.string()),
});

export const industryChoices: z.ZodType<Choice[]> = z.unknown().transform((answer, context) => {
  const choices = choicesOf(answer);
  if (choices !== undefined) return choices;
  context.issues.push({ code: "custom", input: undefined, message: "no choices" });
  return z.NEVER;
});

/** Highest number of rows of one page, or of a whole list without pages; a hundred are requested. */
export const MOST_ROWS_OF_PAGE = 10_000;
const rows = z.array(z.unknown()).max(MOST_ROWS_OF_PAGE);

/** One page of a list: an envelope, or the whole list as an array from older deployments (array-or-page). */
export const page = z.union([
  rows.transform((results) => ({ results, next: undefined, count: undefined })),
  z
    .object({
      results: rows,
      next: text,
      count: z.number().int().nonnegative().nullish(),
    })
    .transform(({ results, next, count: total }) => ({
      results,
      next: next ?? undefined,
      count: total ?? undefined,
    })),
]);

/** The response as JSON of this shape, or a `ResponseShapeError` that names the position but no content. */
export function decode<T>(schema: z.ZodType<T>, answer: Answer): T {
  return conform(schema, contentOf(answer), answer.facts);
}

/** As `decode`, but an empty response is an object without fields: the write was carried out (writes-echo-input). */
export function decodeEcho<T>(schema: z.ZodType<T>, answer: Answer): T {
  const content = contentIfAny(answer);
  return conform(schema, content === undefined ? {} : content, answer.facts);
}

/** @param at the position of the value in the response */
export function conform<T>(
  schema: z.ZodType<T>,
  value: unknown,
  facts: RequestFacts,
  at: readonly PropertyKey[] = [],
): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw shapeError(facts, `it has an unexpected format at ${pathOf(result.error.issues[0], at)}`);
}

function pathOf(issue: z.core.$ZodIssue | undefined, before: readonly PropertyKey[]): string {
  const path = [...before, ...(issue?.path ?? [])];
  const at = path.length === 0 ? "the top" : path.map(String).join(".");
  const wanted = issue?.code === "invalid_type" ? ` (expected ${issue.expected})` : "";
  return `${printable(at, 100)}${wanted}`;
}

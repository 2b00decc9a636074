import type { Row } from "../reply.js";
import { differs, holds, notVisible, type Finding } from "../statement.js";

const isText = (value: unknown): boolean => typeof value === "string";
const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
const isFlag = (value: unknown): boolean => typeof value === "boolean";
const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const orNull = (is: (value: unknown) => boolean) => (value: unknown) => value === null || is(value);

/** Whether a value is what the provider expects, by the field's name on the wire. */
type Fields = Readonly<Record<string, (value: unknown) => boolean>>;

export const organizationFields: Fields = {
  uid: isText,
  slug: isText,
  name: isText,
  handle: orNull(isText),
  description: isText,
  website: isText,
  industry: isText,
  email: isText,
  phone: isText,
  visibility: isText,
  plan: orNull(isText),
  is_verified: isFlag,
  is_active: isFlag,
  role: orNull(isText),
  member_count: isCount,
  team_count: isCount,
  dataset_count: isCount,
  project_count: isCount,
  slice_count: isCount,
  slug_edits_remaining: orNull(isCount),
  allowed_domains: orNull(areTexts),
  readme: orNull(isText),
  organization_type: orNull(isText),
  x_url: orNull(isText),
  hugging_face_url: orNull(isText),
  github_url: orNull(isText),
  linkedin_url: orNull(isText),
  created_at: isText,
};

export const personFields: Fields = {
  user_uid: isText,
  username: orNull(isText),
  email: orNull(isText),
  full_name: orNull(isText),
  role: isText,
  created_at: isText,
};

export const invitationFields: Fields = {
  uid: isText,
  invited_email: orNull(isText),
  role: isText,
  status: isText,
  expires_at: isText,
  is_expired: isFlag,
  created_at: isText,
};

export const teamFields: Fields = {
  uid: isText,
  slug: isText,
  name: isText,
  description: isText,
  color: isText,
  member_count: isCount,
  created_at: isText,
};

/** Whether all rows have these fields, each of its type. */
export function haveFields(rows: readonly Row[] | undefined, fields: Fields, nothing: string): Finding {
  if (!rows || rows.length === 0) return notVisible(nothing);
  const problems = Object.entries(fields).flatMap(([name, is]) => {
    const missing = rows.filter((row) => row[name] === undefined);
    const wrong = rows.filter((row) => row[name] !== undefined && !is(row[name]));
    return [
      ...(missing.length > 0 ? [`${name} is missing${of(missing, rows)}`] : []),
      ...(wrong.length > 0 ? [`${name} is ${kindOf(wrong[0]![name])}${of(wrong, rows)}`] : []),
    ];
  });
  if (problems.length > 0) return differs(`${problems.join("; ")}.`);
  return holds(`All ${Object.keys(fields).length} fields are there.`);
}

const of = (some: readonly Row[], rows: readonly Row[]): string =>
  rows.length === 1 ? "" : ` in ${some.length} of ${rows.length}`;

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return (
    { string: "a text", number: "a number", boolean: "a boolean", object: "an object" }[typeof value as string] ?? ""
  );
}

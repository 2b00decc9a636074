import * as z from "zod";
import { addressFault, normalizeEmail } from "../core/address.js";
import { normalizeOrganization, normalizeTeamId, canonicalUid } from "../core/identity.js";
import { hiddenCharacter } from "../core/text.js";

/** Shapes of single values. Each message says what is valid; `check` puts the property's name before it. */

/** Text is trimmed, because the service trims it: otherwise " Acme " would differ in every run. */
export const text = (max: number) =>
  z
    .string({ error: "must be text" })
    .trim()
    .max(max, { error: `may have at most ${max} characters` });

export const nonEmptyText = (max: number) => text(max).min(1, { error: "must not be empty" });

export const oneOf = <const T extends readonly [string, ...string[]]>(values: T, notes: Record<string, string> = {}) =>
  z.enum(values, {
    error: (issue) => {
      const wanted = `must be ${values.map((value) => `"${value}"`).join(" or ")}`;
      const { input } = issue;
      const note = typeof input === "string" && Object.hasOwn(notes, input) ? notes[input] : undefined;
      return note ? `${wanted}; ${note}` : wanted;
    },
  });

export const flag = () => z.boolean({ error: "must be true or false" });

export const wholeNumber = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

/** Path segments of other routes: an organization with such a slug could not be reached. */
const reservedSlugs = new Set(["industry-choices", "invitations"]);

export const slug = () =>
  z
    .string({ error: "must be text" })
    .regex(/^[-a-zA-Z0-9_]{1,255}$/, {
      error: "may contain letters, digits, hyphens and underscores only, at most 255 of them",
    })
    .refine((value) => !reservedSlugs.has(value), { error: "is a path of the API itself; choose a different slug" });

export const organizationReference = () =>
  z
    .string({ error: "must be an Organization, its uid or its slug" })
    .transform(normalizeOrganization)
    .refine((value) => canonicalUid(value) !== undefined || slug().safeParse(value).success, {
      error: "must be an Organization, its uid or its slug (letters, digits, hyphens and underscores)",
    });

export const teamReference = () =>
  z.string({ error: "must be a Team or its id" }).transform((value, context) => {
    const id = normalizeTeamId(value);
    if (id !== undefined) return id;
    context.addIssue({ code: "custom", message: "must be a Team or its id, <organization uid>/<team uid>" });
    return z.NEVER;
  });

const addressMessage = "must be an email address such as ada@example.com";

/** The address of a person, compared and sent in normal form. */
export const personEmail = () =>
  z.string({ error: addressMessage }).transform((value, context) => {
    const fault = addressFault(value);
    if (fault === undefined) return normalizeEmail(value);
    context.addIssue({ code: "custom", message: `${addressMessage}: ${fault}` });
    return z.NEVER;
  });

/** An address that is shown to others, kept as written; "" empties the field. */
export const contactEmail = () =>
  z
    .string({ error: "must be text" })
    .superRefine((value, context) => {
      const fault = value.trim() === "" ? undefined : addressFault(value);
      if (fault !== undefined) context.addIssue({ code: "custom", message: `${addressMessage}: ${fault}` });
    })
    .trim();

/**
 * Hosts that the service accepts in a URL: `localhost`, an IP address, or a domain whose top level has two letters or
 * more.
 */
const host =
  /^(?:localhost|\[[0-9a-f:.]+\]|\d+(?:\.\d+){3}|(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)\.?)$/;

function isWebAddress(value: string): boolean {
  if (!z.url({ protocol: /^https?$/ }).safeParse(value).success || hiddenCharacter(value) !== undefined) return false;
  return host.test(new URL(value).hostname);
}

/** A URL; "" empties the field. */
export const website = () =>
  text(200).refine((value) => value === "" || isWebAddress(value), {
    error: "must be a URL that begins with https:// or http://, with a host such as example.com",
  });

export const userUid = () =>
  z.string({ error: "must be a user's uid" }).transform((value, context) => {
    const uid = canonicalUid(value);
    if (uid !== undefined) return uid;
    context.addIssue({ code: "custom", message: "must be a user's uid (a UUID); for an address use email" });
    return z.NEVER;
  });

/** A calendar day. */
export const date = () =>
  z.iso.date({
    error: ({ input }) =>
      typeof input === "string" && /^\d{4}-\d{2}-\d{2}$/.test(input)
        ? "is not a day of the calendar"
        : "must be a date such as 2027-01-31",
  });

import { isIP } from "node:net";
import { z } from "@hono/zod-openapi";

const typeMessage =
  (wrongType: string) =>
  ({ input }: { input?: unknown }): string => {
    if (input === undefined) return "This field is required.";
    return input === null ? "This field may not be null." : wrongType;
  };

/** What Django's validators take for the letters of a host: none beyond the first plane. */
const LETTERS = "a-z\\u00a1-\\uffff";
const HOST =
  `[${LETTERS}0-9](?:[${LETTERS}0-9-]{0,61}[${LETTERS}0-9])?(?:\\.(?!-)[${LETTERS}0-9-]{1,63}(?<!-))*` +
  `\\.(?!-)(?:[${LETTERS}-]{2,63}|xn--[a-z0-9]{1,59})(?<!-)`;
const IPV4 = ["", "\\.", "\\.", "\\."].map((dot) => `${dot}(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)`).join("");
const IPV6 = "\\[[0-9a-f:.]+\\]";

const URL_OF_A_SITE = new RegExp(
  `^(?:https?|ftps?)://(?:[^\\s:@/]+(?::[^\\s:@/]*)?@)?(?:${IPV4}|${IPV6}|${HOST}\\.?|localhost)` +
    "(?::[0-9]{1,5})?(?:[/?#]\\S*)?$",
  "iu",
);
/** An atom or a quoted string, an @, and a domain, `localhost` or an IP address in brackets. */
const EMAIL = new RegExp(
  "^(?:[-!#$%&'*+/=?^_`{}|~0-9a-z]+(?:\\.[-!#$%&'*+/=?^_`{}|~0-9a-z]+)*" +
    '|"(?:[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f!#-[\\]-\\x7f]|\\\\[\\x01-\\x09\\x0b\\x0c\\x0e-\\x7f])*")' +
    `@(?:${HOST}|localhost|\\[(?:${IPV4}|[0-9a-f:.]*:[0-9a-f:.]*)\\])$`,
  "iu",
);

/** IPv6 in brackets has to be one; its pattern decides about the rest. */
function isReal(host: string | undefined): boolean {
  return host === undefined || isIP(host) !== 0;
}

const isEmail = (value: string): boolean => EMAIL.test(value) && isReal(/@\[(.*)\]$/.exec(value)?.[1]);

const isWebAddress = (value: string): boolean =>
  URL_OF_A_SITE.test(value) && isReal(/^\w+:\/\/[^/?#]*\[(.*)\]/.exec(value)?.[1]);

/** A trimmed string. A number is refused, where Django REST framework would turn it into text. */
export function text(max: number, options: { blank?: boolean } = {}) {
  return z
    .string({ error: typeMessage("Not a valid string.") })
    .trim()
    .min(options.blank ? 0 : 1, "This field may not be blank.")
    .max(max, `Ensure this field has no more than ${max} characters.`)
    .refine((value) => !value.includes("\0"), "Null characters are not allowed.")
    .superRefine((value, context) => {
      const half = /\p{Cs}/u.exec(value)?.[0].codePointAt(0);
      if (half === undefined) return;
      const message = `Surrogate characters are not allowed: U+${half.toString(16).toUpperCase()}.`;
      context.addIssue({ code: "custom", message });
    });
}

/** Text of a pattern; a blank one has only the message about blanks. */
function shaped(max: number, blank: boolean, fits: (value: string) => boolean, message: string) {
  return text(max, { blank }).refine((value) => value === "" || fits(value), message);
}

export const slug = () =>
  shaped(
    255,
    false,
    (value) => /^[-a-zA-Z0-9_]+$/.test(value),
    'Enter a valid "slug" consisting of letters, numbers, underscores or hyphens.',
  );

export const handle = () =>
  shaped(50, false, (value) => /^[a-zA-Z0-9_]+$/.test(value), "Enter a valid handle: letters, numbers, underscores.");

export const email = (options: { blank?: boolean } = {}) =>
  shaped(254, options.blank ?? false, isEmail, "Enter a valid email address.");

export const webAddress = (options: { blank?: boolean } = {}) =>
  shaped(200, options.blank ?? false, isWebAddress, "Enter a valid URL.");

export const choice = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, {
    error: ({ input }) =>
      input === undefined || input === null ? typeMessage("")({ input }) : `"${String(input)}" is not a valid choice.`,
  });

/** Any spelling of a UUID, answered lower-case and hyphenated. */
export const uid = () =>
  z
    .string({ error: typeMessage("Must be a valid UUID.") })
    .refine((value) => canonicalUid(value) !== undefined, "Must be a valid UUID.")
    .overwrite((value) => canonicalUid(value) ?? value);

/** `undefined` when the text is not a UUID. */
export function canonicalUid(value: string): string | undefined {
  const hex = value.toLowerCase().replace(/^urn:uuid:|[-{}]/g, "");
  if (!/^[0-9a-f]{32}$/.test(hex)) return undefined;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A uid of a path: Django's converter takes it in lower case with hyphens, and knows no route for another. */
export function pathUid(value: string): string | undefined {
  return canonicalUid(value) === value ? value : undefined;
}

/** A body that must be an object; unknown keys are dropped, as Django REST framework does. */
export function body<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape, {
    error: ({ input }) =>
      `Invalid data. Expected a dictionary, but got ${Array.isArray(input) ? "list" : typeof input}.`,
  });
}

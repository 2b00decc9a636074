import { z } from "@hono/zod-openapi";

const typeMessage =
  (wrongType: string) =>
  ({ input }: { input?: unknown }): string => {
    if (input === undefined) return "This field is required.";
    return input === null ? "This field may not be null." : wrongType;
  };

const isWebAddress = (value: string): boolean => {
  if (/\s/.test(value) || !URL.canParse(value)) return false;
  const { protocol, hostname } = new URL(value);
  return ["http:", "https:", "ftp:"].includes(protocol) && (hostname === "localhost" || hostname.includes("."));
};

const EMAIL =
  /^[-!#$%&'*+/=?^_`{}|~0-9a-z]+(\.[-!#$%&'*+/=?^_`{}|~0-9a-z]+)*@([a-z0-9\u00a1-\uffff]([-a-z0-9\u00a1-\uffff]*[a-z0-9\u00a1-\uffff])?\.)+[a-z\u00a1-\uffff][-a-z0-9\u00a1-\uffff]*$/i;

/** A trimmed string. A number is refused, where Django REST framework would turn it into text. */
export function text(max: number, options: { blank?: boolean } = {}) {
  return z
    .string({ error: typeMessage("Not a valid string.") })
    .trim()
    .min(options.blank ? 0 : 1, "This field may not be blank.")
    .max(max, `Ensure this field has no more than ${max} characters.`)
    .refine((value) => !value.includes("\0"), "Null characters are not allowed.");
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
  shaped(254, options.blank ?? false, (value) => EMAIL.test(value), "Enter a valid email address.");

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

/** `undefined` when the text is no UUID. */
export function canonicalUid(value: string): string | undefined {
  const hex = value.toLowerCase().replace(/^urn:uuid:|[-{}]/g, "");
  if (!/^[0-9a-f]{32}$/.test(hex)) return undefined;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** A body that must be an object; keys nobody knows are dropped, as Django REST framework does. */
export function body<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape, {
    error: ({ input }) =>
      `Invalid data. Expected a dictionary, but got ${Array.isArray(input) ? "list" : typeof input}.`,
  });
}

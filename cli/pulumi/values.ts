/** What a preview shows in place of a value that is not known before the run (contract of the engine's previews). */
const unknowns = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
/** In place of a secret: this text in previews, an object with this key in exported states. */
export const secretText = "[secret]";
/** Shown of what is not known before the run. */
export const notKnown = "[not known yet]";
const secretKey = "4dabf18193072939515e22adb298388d";

export type Properties = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function propertiesOf(value: unknown): Properties {
  return isObject(value) ? value : {};
}

export function isUnknown(value: unknown): boolean {
  return typeof value === "string" && unknowns.has(value);
}

export function isSecret(value: unknown): boolean {
  return value === secretText || (isObject(value) && Object.hasOwn(value, secretKey));
}

/** A text that is known and may be shown. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && !isUnknown(value) && !isSecret(value) ? value : undefined;
}

/** A value as a reader may see it: fields are texts, numbers and flags. */
export function shownValue(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (isSecret(value)) return secretText;
  if (isUnknown(value)) return notKnown;
  return typeof value === "string" ? value : JSON.stringify(value);
}

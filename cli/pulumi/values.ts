import { isUnknown } from "../../provider/core/unknown.js";

/** In place of a secret: this text in previews, an object with this key in exported states. */
export const secretText = "[secret]";
/** Shown of what is not known before the run. */
export const notKnown = "[not known yet]";
/** The engine's mark of a special value in exported states and import files, and what it says of secrets. */
export const mark = "4dabf18193072939515e22adb298388d";
export const secretMark = "1b47061264138c4ac30d75fd1eb44270";

export type Properties = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function propertiesOf(value: unknown): Properties {
  return isObject(value) ? value : {};
}

export function isSecret(value: unknown): boolean {
  return value === secretText || (isObject(value) && Object.hasOwn(value, mark));
}

/** The objects in a list of a state or preview; others count as empty. */
export function rowsOf(list: unknown): Properties[] {
  return Array.isArray(list) ? list.map(propertiesOf) : [];
}

/** The value of a secret that a state was exported with; `undefined` where it is encrypted, or not a secret of a state. */
export function openedSecret(value: unknown): unknown {
  const { [mark]: kind, plaintext } = propertiesOf(value);
  if (kind !== secretMark || typeof plaintext !== "string") return undefined;
  try {
    return JSON.parse(plaintext) as unknown;
  } catch {
    return undefined;
  }
}

/** What stands in place of a value that is secret, or not known yet, or holds such a value; `undefined` of others. */
export function hiddenText(value: unknown): string | undefined {
  if (isSecret(value)) return secretText;
  if (isUnknown(value)) return notKnown;
  if (typeof value !== "object" || value === null) return undefined;
  const within = Object.values(value).map(hiddenText);
  return within.includes(secretText) ? secretText : within.find((text) => text !== undefined);
}

/** A text that is known and may be shown. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && !isUnknown(value) && !isSecret(value) ? value : undefined;
}

/** A value as a reader may see it: fields are texts, numbers and flags. */
export function shownValue(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return hiddenText(value) ?? (typeof value === "string" ? value : JSON.stringify(value));
}

/**
 * The settings of this package in the inputs of a provider, as texts, and the names of those that are secret or known only
 * during the run. Where one is hidden, none may be used: a key could go to another base URL.
 */
export function settingsIn(inputs: Properties): { texts: ReadonlyMap<string, string>; hidden: string[] } {
  const texts = new Map<string, string>();
  const hidden: string[] = [];
  for (const [name, value] of Object.entries(inputs)) {
    if (!name.startsWith("avala:") || value === undefined || value === null) continue;
    const opened = openedSecret(value) ?? value;
    if (typeof opened === "object" || hiddenText(opened) !== undefined) hidden.push(name.slice("avala:".length));
    else texts.set(name, String(opened));
  }
  return { texts, hidden };
}

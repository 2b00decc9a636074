import {
  flagsOf,
  isNewValue,
  resources as schemas,
  rosterOf,
  type ResourceSchema,
} from "../../provider/schema/index.js";
import { asciiAddress } from "../../provider/core/address.js";
import { printable, quoted } from "../../provider/core/text.js";
import type { Managed } from "./managed.js";
import { secretText } from "./values.js";

/** Shorter ones would be found in any text; Pulumi's own masking leaves them too. */
const shortest = 3;
/** Of a text that was shortened, this much of a secret is taken for it. */
const telling = 16;
/** Parts of a finding that are ours, whatever they say. */
const oursInFindings = new Set(["kind", "subject", "property", "type", "role", "repair", "since", "until"]);

/** Replaces texts that are secret in the state in everything that is printed. */
export class Mask {
  readonly #secrets: readonly string[];

  /** @param open texts that are shown all the same, as they stand openly elsewhere */
  constructor(
    managed: readonly Managed[],
    open: ReadonlySet<string> = new Set(),
    private readonly ours: ReadonlySet<string> = oursInFindings,
  ) {
    const texts = managed
      .flatMap(secretsOf)
      .filter((text) => !open.has(text))
      .flatMap((text) => [text, printable(text, text.length), quoted(text, text.length).slice(1, -1)]);
    // The longest first: one may be part of another.
    this.#secrets = [...new Set(texts)]
      .filter((text) => text.length >= shortest)
      .toSorted((one, other) => other.length - one.length);
  }

  text(text: string): string {
    return this.#secrets.reduce(without, text);
  }

  /** The same value with every text in it masked. */
  all<T>(value: T): T {
    if (this.#secrets.length === 0) return value;
    return this.#masked(value) as T;
  }

  #masked(value: unknown): unknown {
    if (typeof value === "string") return this.text(value);
    if (Array.isArray(value)) return value.map((item) => this.#masked(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, this.ours.has(name) ? item : this.#masked(item)]),
    );
  }
}

/** Also where the text holds only the beginning of the secret, for it was shortened. */
function without(text: string, secret: string): string {
  const stem = secret.slice(0, telling);
  let [rest, shown] = [text, ""];
  for (;;) {
    const at = rest.indexOf(stem);
    if (at < 0) return shown + rest;
    let end = at + stem.length;
    while (end - at < secret.length && rest[end] === secret[end - at]) end++;
    shown += rest.slice(0, at) + secretText;
    rest = rest.slice(end);
  }
}

/** Texts that are secret; not those of a closed set, such as a role, which would be found in any sentence. */
function secretsOf({ key, outputs, secret, who }: Managed): string[] {
  const schema: ResourceSchema = schemas[key];
  // The id contains the person in clear, also where the state is encrypted.
  const isPersonSecret = who !== undefined && (secret.has("email") || secret.has("user"));
  const person = isPersonSecret ? [who, asciiAddress(who) ?? who] : [];
  const values = [...secret].flatMap((name) => {
    const value = outputs[name];
    const field = schema.inputs[name] ?? schema.outputs[name];
    if (typeof value !== "string") return [];
    if (field && (isNewValue(field, "\0") || flagsOf(field).known !== undefined)) return [];
    return key === "teamRoster" && name === "members" ? [...rosterOf(value).keys()] : [value, ...value.split("\n")];
  });
  return [...person, ...values];
}

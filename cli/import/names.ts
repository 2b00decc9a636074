import { isDeviceName } from "../../provider/core/platform.js";

/**
 * Names that come from the service, as logical names, file names and identifiers of a program. They are made of slugs,
 * which are unique and short; what a slug could hold beyond letters, digits, hyphens and underscores is left out.
 */

/** Words that cannot be declared in a module, and names that the written programs use themselves. */
const taken = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends false " +
    "finally for function if implements import in instanceof interface let new null package private protected public return " +
    "static super switch this throw true try typeof undefined var void while with yield NaN Infinity globalThis " +
    "__dirname __filename console exports module process require " +
    "args key members owner parse people pulumi readFileSync team teams waiting"
  ).split(" "),
);

/** Names under which other files of a project are known. */
const takenKeys = ["index", "people", "teams", "import", "package", "tsconfig", "pulumi", "readme"];

/** Longer names make programs hard to read. */
const longest = 60;

/** Gives names, each once. */
export class Names {
  readonly #given = new Set<string>();

  /** A name that is still free, as it is or with a number. */
  unique(wanted: string, separator = "-"): string {
    let name = wanted;
    for (let number = 2; this.#given.has(name); number++) name = `${wanted}${separator}${number}`;
    this.#given.add(name);
    return name;
  }
}

/** A slug as logical name: letters, digits, hyphens and underscores, the first and last a letter or digit. */
export function keyOf(slug: string, otherwise: string): string {
  const trimmed = (text: string) => text.replace(/^[-_]+|[-_]+$/g, "");
  return trimmed(trimmed(slug.replace(/[^A-Za-z0-9_-]+/g, "-")).slice(0, longest)) || otherwise;
}

/** The logical name of an organization, which is a name of files too. */
export function organizationKeyOf(slug: string): string {
  const key = keyOf(slug, "organization");
  return takenKeys.includes(key.toLowerCase()) || isDeviceName(key) ? `${key}-organization` : key;
}

/**
 * Logical names of things with a slug: those they were given before, else their slugs. Whatever order they come in, the
 * names are the same.
 */
export function keysOf(
  rows: readonly { uid: string; slug: string }[],
  before: Readonly<Record<string, string>>,
): Map<string, string> {
  const keys = new Map<string, string>();
  const names = new Names();
  for (const { uid } of rows) {
    const name = nameBefore(before, uid);
    if (name !== undefined) keys.set(uid, names.unique(name));
  }
  const fresh = rows.filter(({ uid }) => !keys.has(uid));
  for (const { uid, slug } of sorted(fresh, (row) => `${keyOf(row.slug, "team")} ${row.slug} ${row.uid}`)) {
    keys.set(uid, names.unique(keyOf(slug, "team")));
  }
  return keys;
}

/** The name that something was given by an earlier import. */
export function nameBefore(names: Readonly<Record<string, string>> | undefined, uid: string): string | undefined {
  return names !== undefined && Object.hasOwn(names, uid) ? names[uid] : undefined;
}

/** The identifier of a resource: its key in camel case. */
export function identifierOf(key: string, kind: string): string {
  const [first = "", ...more] = key.split(/[-_]+/).filter(Boolean);
  const camel = first.charAt(0).toLowerCase() + first.slice(1) + more.map(capital).join("");
  if (/^\d/.test(camel)) return `${kind}${camel}`;
  return taken.has(camel) ? `${camel}${capital(kind)}` : camel;
}

/** In the order of their texts, whatever the language of the machine. */
export function sorted<T>(items: readonly T[], text: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, text: text(item) }))
    .toSorted((one, other) => (one.text < other.text ? -1 : one.text > other.text ? 1 : 0))
    .map(({ item }) => item);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

import { createHash } from "node:crypto";
import { normalizeEmail } from "../../provider/core/address.js";
import { byText } from "./changes.js";
import type { Review } from "./report.js";

/** What may be or hold an address: of a logical name, a warning, a reason. It begins where nothing of it could be before. */
const candidate = /(?<![^\s@])[^\s@]+@[^\s@]+/gu;

/**
 * The review with every address masked, wherever it stands: `a***@example.com`. Where two would look the same, each gets
 * a mark made from its address, so that a person keeps theirs from one review to the next.
 */
export function masked<Report extends Review>(review: Report): Report {
  const masks = masksFor(addressesIn(review));
  const known = new KnownAddresses(masks);
  const inText = (found: string) => known.maskedWithin(found) ?? maskOf(found);
  const mask = (text: string) => masks.get(text) ?? text.replace(candidate, inText);
  return { ...(everyText(review, mask) as Report), masked: true };
}

/** What is an address in a sentence, as it stands between quotes or brackets. */
const inSentence = /[^\s"()@]+@[^\s"()@]+/gu;

/** Composed characters may have been spelt with more of them. */
const decomposed = 4;

/** The addresses of a review by domain, to be found inside of longer words, such as logical names. */
class KnownAddresses {
  readonly #byDomain = new Map<string, Map<string, string>>();
  #longestLocal = 0;
  #longestDomain = 0;

  constructor(masks: ReadonlyMap<string, string>) {
    for (const [email, mask] of masks) {
      const at = email.lastIndexOf("@");
      const [local, domain] = [email.slice(0, at), email.slice(at + 1)];
      this.#byDomain.set(domain, (this.#byDomain.get(domain) ?? new Map<string, string>()).set(local, mask));
      this.#longestLocal = Math.max(this.#longestLocal, decomposed * local.length);
      this.#longestDomain = Math.max(this.#longestDomain, decomposed * domain.length);
    }
  }

  /**
   * A word of one `@`, with the address in it masked: the one that begins first, and of those the longest. Nothing
   * further from the `@` than an address reaches is looked at, so that the effort does not grow with the square of a word.
   */
  maskedWithin(word: string): string | undefined {
    const [before, after] = word.split("@") as [string, string];
    const domains = this.#domainsAtStart(after);
    if (domains.length === 0) return undefined;
    for (let start = Math.max(0, before.length - this.#longestLocal); start < before.length; start++) {
      const local = normalizeEmail(before.slice(start));
      for (const { locals, end } of domains) {
        const mask = locals.get(local);
        if (mask !== undefined) return before.slice(0, start) + mask + after.slice(end);
      }
    }
    return undefined;
  }

  /** The longest first. */
  #domainsAtStart(text: string): { locals: Map<string, string>; end: number }[] {
    const found = [];
    for (let end = Math.min(text.length, this.#longestDomain); end > 0; end--) {
      const locals = this.#byDomain.get(normalizeEmail(text.slice(0, end)));
      if (locals !== undefined) found.push({ locals, end });
    }
    return found;
  }
}

function addressesIn({ changes, unchanged, emails = [], left = [], failure = [], notes = [] }: Review): Set<string> {
  const ofPeople = [...changes, ...unchanged].map(({ person }) => person.email);
  const inSentences = [...left, ...failure, ...notes, ...emails.map(({ to }) => to)]
    .flatMap((text) => text.match(inSentence) ?? [])
    .map((text) => normalizeEmail(text.replace(/[.,;:!?]+$/, "")));
  const all = [...ofPeople, ...inSentences];
  return new Set(all.filter((email) => email !== undefined));
}

function masksFor(emails: ReadonlySet<string>): Map<string, string> {
  const groups = new Map<string, string[]>();
  for (const email of emails) {
    const alike = groups.get(maskOf(email));
    if (alike) alike.push(email);
    else groups.set(maskOf(email), [email]);
  }
  return new Map(
    [...groups.values()].flatMap((alike) =>
      alike.length === 1 ? [[alike[0]!, maskOf(alike[0]!)] as const] : marked(alike),
    ),
  );
}

/** Each with as much of a digest as tells it from the others; in the order of the digests the nearest ones are neighbours. */
function marked(alike: readonly string[]): (readonly [string, string])[] {
  const digest = (email: string) => createHash("sha256").update(email).digest("hex");
  const sorted = alike
    .map((email) => ({ email, own: digest(email) }))
    .toSorted((one, other) => byText(one.own, other.own));
  return sorted.map(({ email, own }, at) => {
    let length = 3;
    const near = [sorted[at - 1]?.own, sorted[at + 1]?.own].filter((other) => other !== undefined);
    while (near.some((other) => other.startsWith(own.slice(0, length)))) length++;
    return [email, maskOf(email, `~${own.slice(0, length)}`)] as const;
  });
}

function maskOf(email: string, mark = ""): string {
  const at = email.lastIndexOf("@");
  return `${[...email][0]}***${mark}${email.slice(at)}`;
}

function everyText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => everyText(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, everyText(item, change)]));
}

import { createHash } from "node:crypto";
import { normalizeEmail } from "../../schema/index.js";
import { byText } from "./changes.js";
import type { Review } from "./report.js";

/** What may be or hold an address: of a logical name, a warning, a reason. */
const candidate = /[^\s@]+@[^\s@]+/gu;

/**
 * The review with every address masked, wherever it stands: `a***@example.com`. Where two would look the same, each gets
 * a mark made from its address, so that a person keeps theirs from one review to the next.
 */
export function masked(review: Review): Review {
  const masks = masksFor(addressesIn(review));
  const inText = (found: string) => maskedWithin(found, masks) ?? maskOf(found);
  const mask = (text: string) => masks.get(text) ?? text.replace(candidate, inText);
  return { ...(everyText(review, mask) as Review), masked: true };
}

/** The address of somebody known, inside of a longer word such as a logical name; the longest there is. */
function maskedWithin(word: string, masks: ReadonlyMap<string, string>): string | undefined {
  const at = word.indexOf("@");
  for (let start = 0; start < at; start++) {
    for (let end = word.length; end > at + 1; end--) {
      const mask = masks.get(normalizeEmail(word.slice(start, end)));
      if (mask !== undefined) return word.slice(0, start) + mask + word.slice(end);
    }
  }
  return undefined;
}

function addressesIn({ changes, unchanged }: Review): Set<string> {
  const emails = [...changes, ...unchanged].map(({ person }) => person.email);
  return new Set(emails.filter((email) => email !== undefined));
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

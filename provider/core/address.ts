import { domainToASCII, domainToUnicode } from "node:url";
import { hiddenCharacter, printable } from "./text.js";

/**
 * Valid email addresses: exactly those to which public email systems can deliver. The one place that decides this, for
 * every input, file, option and id that contains an address.
 *
 * It also refuses addresses that Avala refuses (non-ASCII letters before the @), and quoted names, because one mailbox
 * would have many spellings.
 */

const mostCharacters = 254;
const mostLocalOctets = 64;
const mostLabelOctets = 63;

/**
 * An email address in the form for comparison: trimmed, NFC, lower case, an international domain in Unicode. Dots and
 * plus tags are kept.
 */
export function normalizeEmail(text: string): string {
  const address = text.trim().normalize("NFC").toLowerCase();
  const at = address.lastIndexOf("@") + 1;
  return isPlain(address) ? address : address.slice(0, at) + normalizeDomain(address.slice(at));
}

/** A domain in the form for comparison: lower case, international labels in Unicode. Any other text is unchanged. */
export function normalizeDomain(text: string): string {
  const domain = text.trim().normalize("NFC").toLowerCase();
  const read = isPlain(domain) ? undefined : readDomain(domain);
  if (read === undefined || !read.isExact) return domain;
  return isSentInLetters(read.letters) ? read.letters : read.ascii;
}

/** With invisible letters, two domains would look alike; letters beyond the first plane are not accepted by Avala. */
function isSentInLetters(domain: string): boolean {
  return hiddenCharacter(domain) === undefined && !/[\u{10000}-\u{10ffff}]/u.test(domain) && !/\..$/u.test(domain);
}

/** The name of a person in the state: the address, or the uid if the service shows no valid address. */
export function addressOrUid({ email, userUid }: { email?: string | undefined; userUid: string }): string {
  const address = email === undefined ? undefined : normalizeEmail(email);
  return address === undefined || printable(address, mostCharacters) !== address ? userUid : address;
}

/** The ASCII spelling of an address; undefined if it is written in ASCII already. */
export function asciiAddress(address: string): string | undefined {
  if (/^[ -~]*$/.test(address)) return undefined;
  const at = address.lastIndexOf("@") + 1;
  const read = readDomain(address.slice(at));
  const domain = read?.isExact ? read.ascii : address.slice(at);
  return (address.slice(0, at) + domain).replace(/[^ -~]/gu, escaped);
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

/** True for addresses without international parts: most addresses, and cheap to check. */
function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text) && !text.includes("xn--");
}

/** Both spellings of an international domain; undefined for any other. */
function readDomain(domain: string): { ascii: string; letters: string; isExact: boolean } | undefined {
  // Any other character that ends a host in a URL would be cut off.
  if (/[\0-,/:-`{-\x7f]/.test(domain)) return undefined;
  const ascii = domainToASCII(domain);
  const letters = domainToUnicode(ascii);
  if (ascii === "" || domainToASCII(letters) !== ascii) return undefined;
  const [written, encoded, decoded] = [domain.split("."), ascii.split("."), letters.split(".")];
  // Name resolution removes some characters and replaces others: such a spelling is not treated as the same.
  const isExact =
    written.length === encoded.length && written.every((label, at) => label === encoded[at] || label === decoded[at]);
  return { ascii, letters, isExact };
}

/** The reason why an address cannot receive email; undefined for a valid address. */
export function addressFault(given: string): string | undefined {
  // `trim` treats a byte order mark as white space, and it is invisible.
  const trimmed = given.replace(/^[^\S\ufeff]+|[^\S\ufeff]+$/g, "");
  if (trimmed.length > 4 * mostCharacters) return tooLong;
  const unseen = hiddenCharacter(trimmed);
  if (unseen !== undefined) return `it contains invisible characters (${unseen})`;
  const address = trimmed.normalize("NFC").toLowerCase();
  const [local, domain, ...more] = address.split("@") as [string, string?, ...string[]];
  const wrapped = wrapping.find(([pattern]) => pattern.test(address))?.[1];
  if (wrapped !== undefined) return wrapped;
  if (domain === undefined) return withoutAt(address);
  if (more.length > 0) return "it has more than one @";
  return localFault(local) ?? domainFault(domain) ?? lengthFault(local, domain);
}

const tooLong = `it has more than ${mostCharacters} characters`;

/** Characters around addresses in lists, headers, links and tables. */
const wrapping: readonly (readonly [pattern: RegExp, fault: string])[] = [
  [/^$/, "it is empty"],
  [/[<>]/, "it contains < or >; use the address alone, without a name"],
  [/^[a-z]+:/, "it starts with a scheme such as mailto:; use the address alone"],
  [/[,;]/, "it contains a comma or semicolon; use one address"],
  [/["\u201c\u201d]/u, "it contains a quotation mark; quoted names are not supported"],
  [/[()]/, "it contains parentheses; comments are not supported"],
  [/\s/u, "it contains a space"],
];

function withoutAt(address: string): string {
  const other = /[\uff20\ufe6b]/u.exec(address)?.[0];
  if (other !== undefined) return `it has ${other} where it needs @`;
  return address.includes("%40") ? "it has %40 where it needs @" : "it has no @";
}

function localFault(local: string): string | undefined {
  if (local === "") return "it has nothing before the @";
  if (/^\.|\.$|\.\./.test(local)) return "before the @, it starts or ends with a dot, or has two dots in a row";
  const foreign = /[^ -~]/u.exec(local)?.[0];
  if (foreign !== undefined) return `it has ${foreign} before the @, where Avala accepts ASCII characters only`;
  const encoded = /%[0-9a-f]{2}/.exec(local)?.[0];
  if (encoded !== undefined) return `it has ${encoded} before the @, as in a URL; use the character itself`;
  const wrong = /[^-.!#$%&'*+/=?^_`{|}~0-9a-z]/.exec(local)?.[0];
  if (wrong !== undefined) return `it has ${wrong} before the @`;
  return local.length > mostLocalOctets ? `it has more than ${mostLocalOctets} characters before the @` : undefined;
}

function domainFault(domain: string): string | undefined {
  if (domain === "") return "it has nothing after the @";
  if (domain.startsWith("[")) return "it has an IP address instead of a domain";
  if (domain.split(".").includes("")) return "after the @, it starts or ends with a dot, or has two dots in a row";
  if (isPlain(domain)) return asciiDomainFault(domain);
  const wrong = /[^-.0-9a-z\u0080-\u{10ffff}]/u.exec(domain)?.[0];
  if (wrong !== undefined) return `it has ${wrong} after the @`;
  const read = readDomain(domain);
  if (read === undefined) return "its domain is not a valid international domain name";
  if (!read.isExact) return `its domain is looked up as ${read.letters}; use this spelling`;
  return asciiDomainFault(read.ascii);
}

function asciiDomainFault(domain: string): string | undefined {
  const labels = domain.split(".");
  return labels.map(labelFault).find((fault) => fault !== undefined) ?? topLevelFault(labels);
}

function labelFault(label: string): string | undefined {
  const wrong = /[^-0-9a-z]/.exec(label)?.[0];
  if (wrong !== undefined) return `it has ${wrong} after the @`;
  if (/^-|-$/.test(label)) return `a part of its domain begins or ends with a hyphen`;
  return label.length > mostLabelOctets
    ? `a part of its domain has more than ${mostLabelOctets} characters`
    : undefined;
}

function topLevelFault(labels: readonly string[]): string | undefined {
  if (labels.length < 2) return "its domain has no dot, unlike example.com";
  const last = labels.at(-1)!;
  return /^(?:[a-z]{2,}|xn--[-0-9a-z]+)$/.test(last) ? undefined : `no domain ends in .${last}`;
}

function lengthFault(local: string, domain: string): string | undefined {
  const length = local.length + 1 + (readDomain(domain)?.ascii ?? domain).length;
  return length > mostCharacters ? tooLong : undefined;
}

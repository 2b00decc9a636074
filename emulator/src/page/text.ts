import { html, raw } from "hono/html";

export type Html = ReturnType<typeof html>;

/** Characters that draw nothing, alone and as parts of an emoji. The compiler does not know the flag v yet. */
const EMOJI_OR_UNSEEN = new RegExp(
  String.raw`(\p{RGI_Emoji})|[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{DI}\p{NChar}\u2800\u{16FE4}\u{1D159}]`,
  "gv",
);

/**
 * Names and addresses come from users of the API. `html` escapes them; here invisible characters, such as marks that turn
 * the reading direction, are written out.
 */
export const visible = (text: string): string =>
  text.replace(EMOJI_OR_UNSEEN, (mark, emoji?: string) => emoji ?? `\\u{${mark.codePointAt(0)!.toString(16)}}`);

/** Text that does not change the reading direction of what stands around it. */
export const words = (text: string): Html => html`<bdi>${visible(text)}</bdi>`;

/** "2026-01-10 12:00 UTC" */
export const minuteOf = (iso: string): string => `${iso.slice(0, 16).replace("T", " ")} UTC`;

/** An address that is broken before the @ first where it is too long for a line. */
export function address(email: string): Html {
  const at = email.lastIndexOf("@");
  return html`<bdi>${visible(email.slice(0, at))}<wbr />${visible(email.slice(at))}</bdi>`;
}

export const time = (iso: string): Html => html`<time datetime="${iso}">${minuteOf(iso)}</time>`;

/** "1 person", "2 people"; `many` where the plural is not the word with an s. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** Without the indentation of the templates, half of a large table. Values have no line breaks: `visible` writes them out. */
export const compact = (markup: Html): Html => raw(String(markup).replaceAll(/\n\s+/g, " "));

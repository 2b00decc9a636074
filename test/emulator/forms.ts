/** A button of the page as a browser without script sees it: its name for people, and what pressing it sends. */
export interface Button {
  name: string;
  action: string;
  /** The act that it sends: "remove <uid>". */
  act: string;
  fields: Record<string, string>;
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** The text of HTML without tags, with single spaces. */
export const textOf = (html: string): string =>
  html
    .replace(/<(style|script)>[^]*?<\/\1>/g, "")
    .replace(/<\/?(?:li|td|th|option|button|span)\b[^>]*>/g, " ")
    .replace(/<[^>]*>/g, "")
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name]!)
    .replace(/\s+/g, " ")
    .trim();

const attribute = (tag: string, name: string): string | undefined => {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : textOf(value);
};

function fieldsOf(form: string): Record<string, string> {
  const inputs = [...form.matchAll(/<input\b[^>]*>/g)].map(([tag]) => [
    attribute(tag, "name"),
    attribute(tag, "value") ?? "",
  ]);
  const selects = [...form.matchAll(/(<select\b[^>]*>)([^]*?)<\/select>/g)].map(([, tag, options]) => {
    const [, first, word] = /(<option[^>]*>)([^<]*)/.exec(options!) ?? [];
    return [attribute(tag!, "name"), attribute(first ?? "", "value") ?? word ?? ""];
  });
  return Object.fromEntries([...inputs, ...selects]);
}

/** All buttons that forms of the page send, in order. */
export function buttonsOf(html: string): Button[] {
  return [...html.matchAll(/<form\b[^>]*method="post"[^>]*>[^]*?<\/form>/g)].flatMap(([form]) =>
    [...form.matchAll(/(<button\b[^>]*>)([^]*?)<\/button\s*>/g)].map(([, tag, content]) => ({
      name: attribute(tag!, "aria-label") ?? textOf(content!),
      action: attribute(form, "action")!,
      act: attribute(tag!, "value")!,
      fields: fieldsOf(form),
    })),
  );
}

/** The headers that a browser sends with a form of the page itself. */
export const fromThePage = (origin: string): Record<string, string> => ({ origin, "sec-fetch-site": "same-origin" });

/** Sends the form of the button, with fields filled in; answers the redirect. */
export const send = (
  origin: string,
  { action, act, fields }: Pick<Button, "action" | "act" | "fields">,
  filled: Record<string, string> = {},
  headers: Record<string, string> = fromThePage(origin),
): Promise<Response> =>
  fetch(origin + action, {
    method: "POST",
    redirect: "manual",
    headers,
    body: new URLSearchParams({ ...fields, ...filled, act }),
  });

/** The page to which a form leads, what it says about the press, and the element that it leads to. */
export async function follow(origin: string, answer: Response) {
  const location = new URL(answer.headers.get("location") ?? "", origin);
  const html = await (await fetch(location)).text();
  const [, state = "", said = ""] = /<p\s+id="said"[^>]*class="([^"]*)"[^>]*>([^<]*)</.exec(html) ?? [];
  const focus = location.hash.slice(1);
  return { html, said: textOf(said), state, focus, hasFocus: html.includes(` id="${focus}"`) };
}

import { createHash } from "node:crypto";
import { html, raw } from "hono/html";

export type Html = ReturnType<typeof html>;

/** One page that needs nothing else: no network, nothing but its own style and, if it has one, its own script. */
export interface Page {
  title: string;
  style: string;
  /** Without it everything has to be shown. */
  script?: string;
  /** What is in `main`. */
  content: Html;
}

/** Without the indentation of the templates, which would be a third of a large page. */
const tight = (text: string) => text.replace(/\s*\n\s*/g, "\n");

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

function policyOf(script: string | undefined): string {
  const scripts = script === undefined ? "" : `script-src ${hashOf(script)}; `;
  return `default-src 'none'; style-src 'unsafe-inline'; ${scripts}base-uri 'none'; form-action 'none'`;
}

export function pageHtml({ title, style, script: source, content }: Page): string {
  const script = source === undefined ? undefined : tight(source);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policyOf(script)}" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <main>${content}</main>
        ${script === undefined ? "" : raw(`<script>${script}</script>`)}
      </body>
    </html>`;
  return `${tight(String(page)).trimEnd()}\n`;
}

/** A titled list of a report, with its number of items; nothing where it has none. */
export function listSection(title: string, items: readonly Html[], kind = ""): Html | string {
  if (items.length === 0) return "";
  return html`<section class="list${kind === "" ? "" : ` ${kind}`}">
    <h2>${title} (${items.length})</h2>
    <ul>
      ${items.map((item) => html`<li>${item}</li>`)}
    </ul>
  </section>`;
}

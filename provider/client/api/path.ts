import { ConfigError } from "../../core/errors.js";
import { quoted } from "../../core/text.js";

/** Words of other routes of the API, in the position of an organization's slug. */
const RESERVED = new Set(["industry-choices", "invitations"]);

/**
 * A request path whose values are percent-encoded, each as exactly one segment. A value that could change the shape of
 * the path (empty, dots, slashes, line breaks, NUL, half characters) is refused before a request is sent.
 */
export function path(parts: TemplateStringsArray, ...values: string[]): string {
  return parts.reduce((built, part, index) => `${built}${segment(values[index - 1] ?? "")}${part}`);
}

/** `/organizations/{slug}/`; refuses slugs that would lead to a different route. */
export function organizationPath(slug: string): string {
  if (RESERVED.has(slug)) {
    throw new ConfigError(
      `"${slug}" is a route of the API and cannot be an organization's slug.`,
      "Use the organization's uid or its current slug.",
    );
  }
  return path`/organizations/${slug}/`;
}

function segment(value: string): string {
  if (value === "" || value === "." || value === ".." || /[/\\\r\n\0\p{Cs}]/u.test(value)) {
    throw new ConfigError(
      `${quoted(value, 60)} cannot be part of a request path.`,
      "Use a slug or uid as Avala shows it.",
    );
  }
  return encodeURIComponent(value);
}

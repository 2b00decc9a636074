import { ConfigError } from "../../core/errors.js";

/** Base URL of Avala's own service. */
export const DEFAULT_BASE_URL = "https://api.avala.ai/api/v1";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
const HOW = "Use a URL such as https://api.avala.ai/api/v1.";

/**
 * The base URL without trailing slashes, or a `ConfigError` if using it could send the key unencrypted or to an
 * unintended host. https goes to any host; plain http only to this machine (`localhost`, `127.0.0.1`, `::1`) and only
 * with `allowInsecure`. A port and a path prefix are kept; user names, queries and fragments are refused. Errors never
 * repeat the text itself: people paste keys and passwords into URLs.
 */
export function checkBaseUrl(url: string, options: { allowInsecure?: boolean } = {}): string {
  const text = url.trim();
  const parsed = parse(text);
  if (parsed.username !== "" || parsed.password !== "" || authority(text).includes("@")) {
    throw new ConfigError("The base URL contains a user name or password.", `${HOW} The key is sent in a header.`);
  }
  if (/[?#]/.test(text)) {
    throw new ConfigError("The base URL contains a query or a fragment.", HOW);
  }
  if (parsed.protocol === "http:") refuseClearText(parsed, options.allowInsecure ?? false);
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, "")}`;
}

function parse(text: string): URL {
  // The URL parser would accept and repair "https:host", backslashes, tabs and line breaks.
  if (!/^https?:\/\/[^/]/i.test(text) || /[\\\s\p{Cc}]/u.test(text) || !URL.canParse(text)) {
    throw new ConfigError("The base URL is not an http or https address with a host.", HOW);
  }
  return new URL(text);
}

function authority(text: string): string {
  return text.split("/", 3)[2] ?? "";
}

function refuseClearText(url: URL, allowInsecure: boolean): void {
  if (!LOOPBACK.has(url.hostname)) {
    throw new ConfigError(
      `The base URL would send the key unencrypted to ${url.host}.`,
      "Use https; plain http is allowed only to localhost, 127.0.0.1 and [::1].",
    );
  }
  if (!allowInsecure) {
    throw new ConfigError(
      `The base URL would send the key unencrypted to ${url.host}.`,
      "If this is your development server, set AVALA_ALLOW_INSECURE_BASE_URL=1.",
    );
  }
}

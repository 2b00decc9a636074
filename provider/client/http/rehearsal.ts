import { createHmac } from "node:crypto";
import { ConfigError } from "../../core/errors.js";

/** A run on copies of the deployments, which `pulumi-avala rehearse` keeps on this machine. */
export interface Rehearsal {
  /** The start of the base URL of every copy: `http://127.0.0.1:<port>/<token>`. */
  url: string;
  /** A secret part of the URL, without which other users of the machine cannot reach the copies. */
  token: string;
}

const form = /^http:\/\/127\.0\.0\.1:(?<port>[1-9]\d{0,4})\/(?<token>[A-Za-z0-9_-]{43})$/;

/**
 * The value of `AVALA_REHEARSAL`; an empty text counts as not set. Throws a `ConfigError` for any text that is not the
 * address that `pulumi-avala rehearse` sets: a run that is meant for a copy must not send requests to the service or to
 * a different machine. The error does not repeat the text.
 */
export function rehearsalOf(text: string | undefined): Rehearsal | undefined {
  if (text === undefined || text === "") return undefined;
  const { port, token } = form.exec(text)?.groups ?? {};
  if (token !== undefined && Number(port) <= 65_535) return { url: text, token };
  throw new ConfigError(
    "AVALA_REHEARSAL is set, but is not the address of a copy that pulumi-avala rehearse has opened.",
    "Unset it: pulumi-avala rehearse sets it itself, for the run that it starts.",
  );
}

/**
 * Key and base URL of the copy, derived from the real ones, which must be checked and in normal form. The client and
 * the copy derive them in the same way, so the copy can map a request to the real deployment and key. They do not
 * reveal the real key.
 */
export function rehearsed(
  { url, token }: Rehearsal,
  { apiKey, baseUrl }: { apiKey: string; baseUrl: string },
): { apiKey: string; baseUrl: string } {
  const digest = (...parts: string[]) => createHmac("sha256", token).update(parts.join("\n")).digest("hex");
  return {
    apiKey: `rehearsal_${digest("key", baseUrl, apiKey)}`,
    baseUrl: `${url}/${digest("deployment", baseUrl).slice(0, 32)}/api/v1`,
  };
}

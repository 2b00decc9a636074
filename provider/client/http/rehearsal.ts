import { createHmac } from "node:crypto";
import { ConfigError } from "../../core/errors.js";

/** A run on copies of the deployments, which `pulumi-avala rehearse` keeps on this machine. */
export interface Rehearsal {
  /** What the base URL of every copy begins with: `http://127.0.0.1:<port>/<token>`. */
  url: string;
  /** Without it, other users of the machine cannot reach the copies; a secret. */
  token: string;
}

const form = /^http:\/\/127\.0\.0\.1:(?<port>[1-9]\d{0,4})\/(?<token>[A-Za-z0-9_-]{43})$/;

/**
 * What `AVALA_REHEARSAL` says; an empty text counts as not set. Throws a `ConfigError` for any other text than the
 * address that `pulumi-avala rehearse` sets: a run that is meant for a copy must not reach the service, nor may a run
 * leave this machine. The error does not repeat the text.
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
 * Key and base URL of the copy in place of the real ones, which must be checked and in their normal form. Both sides
 * derive the names: the client asks with them, and the copy knows what they stand for. Neither reveals the real key.
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

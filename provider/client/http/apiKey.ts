import { ConfigError } from "../../core/errors.js";

/** The key without spaces around it, or a `ConfigError` if it cannot be sent in a header. */
export function checkApiKey(key: string): string {
  const trimmed = key.trim();
  if (trimmed === "") {
    throw new ConfigError("The API key is missing.", "Set AVALA_API_KEY, or the provider's apiKey.");
  }
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    throw new ConfigError(
      "The API key contains characters that are not allowed in a header.",
      "Copy the key again, without spaces, quotes or line breaks.",
    );
  }
  return trimmed;
}

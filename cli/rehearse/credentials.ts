import type { Settings } from "../../provider/lifecycle/runtime/settings.js";

/** A key of a deployment that program and state may use. */
export interface Credential {
  /** With the real key and base URL. */
  settings: Settings;
  /** Where they come from, for messages: "AVALA_API_KEY", "stack configuration", "Provider tenant". */
  sources: string[];
}

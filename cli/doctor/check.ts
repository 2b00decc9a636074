import type { AvalaError } from "../../provider/core/errors.js";

/** Result of one check. */
export interface Check {
  /** Stable, for programs: `node`, `key`, `role`. */
  name: string;
  level: "ok" | "warning" | "error";
  /** In one sentence. */
  message: string;
  /** What to do; of all but `ok`. */
  fix?: string;
}

export const ok = (name: string, message: string): Check => ({ name, level: "ok", message });
export const warning = (name: string, message: string, fix: string): Check => ({
  name,
  level: "warning",
  message,
  fix,
});
export const failed = (name: string, message: string, fix: string): Check => ({ name, level: "error", message, fix });

/** An error as a check: what happened and why, separate from what to do. */
export function ofError(level: "warning" | "error", name: string, { what, fix }: AvalaError): Check {
  return { name, level, message: what, fix };
}

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
export function ofError(level: "warning" | "error", name: string, { message, fix }: AvalaError): Check {
  const what = message.endsWith(fix) ? message.slice(0, message.length - fix.length).trim() : message;
  return { name, level, message: what, fix };
}

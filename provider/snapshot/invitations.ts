import type { Invitation } from "../client/index.js";
import { momentOf } from "../core/time.js";

/** The fields that decide whether an invitation is still valid. */
export type Validity = { [K in "status" | "isExpired" | "expiresAt"]?: Invitation[K] | undefined };

/**
 * Lists contain pending invitations (accepted-invitations-vanish), and on some deployments accepted, declined or
 * cancelled ones too.
 */
const answered = new Set(["accepted", "cancelled"]);

export function isAnswered({ status }: Validity): boolean {
  return answered.has(status ?? "");
}

/** Whether it has expired. The status of an expired invitation may still be "pending" (expired-may-be-pending). */
export function isOverdue({ status, isExpired, expiresAt }: Validity): boolean {
  return status === "expired" || (isExpired ?? isPast(expiresAt));
}

/** Whether a time is in the past; false for a text that is not a time. */
export function isPast(moment: string | undefined): boolean {
  return moment !== undefined && (momentOf(moment) ?? Infinity) < Date.now();
}

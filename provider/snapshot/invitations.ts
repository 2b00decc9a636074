import type { Invitation } from "../client/index.js";
import { momentOf } from "../core/time.js";

/** What tells whether an invitation is still valid. */
export type Validity = { [K in "status" | "isExpired" | "expiresAt"]?: Invitation[K] | undefined };

/** Lists hold pending rows (contract section 4.3); what a deployment shows beyond them has been answered. */
const answered = new Set(["accepted", "cancelled"]);

export function isAnswered({ status }: Validity): boolean {
  return answered.has(status ?? "");
}

/** Whether its time is over. An overdue row may still say "pending" until the service has swept it (section 4.3). */
export function isOverdue({ status, isExpired, expiresAt }: Validity): boolean {
  return status === "expired" || (isExpired ?? isPast(expiresAt));
}

/** Whether a moment lies behind; a text that is no moment does not. */
export function isPast(moment: string | undefined): boolean {
  return moment !== undefined && (momentOf(moment) ?? Infinity) < Date.now();
}

import type { Invitation } from "../client/index.js";

/** Whether its time is over. An overdue row may still say "pending" until the service has swept it (contract 4.3). */
export function isOver({ status, isExpired, expiresAt }: Invitation, now = Date.now()): boolean {
  return status === "expired" || (isExpired ?? isPast(expiresAt, now));
}

/** Whether a moment lies behind; a text that is no moment does not. */
export function isPast(moment: string | undefined, now = Date.now()): boolean {
  return moment !== undefined && Date.parse(moment) < now;
}

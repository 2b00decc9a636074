import type { Command } from "./command.js";
import { leave } from "./leave.js";
import { resend } from "./resend.js";
import { review } from "./review/review.js";
import { status } from "./status/status.js";
import { transferOwnership } from "./transferOwnership.js";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [status, review, resend, transferOwnership, leave];

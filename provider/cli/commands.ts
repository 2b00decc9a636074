import type { Command } from "./command.js";
import { importCommand } from "./import/import.js";
import { leave } from "./leave.js";
import { resend } from "./resend.js";
import { status } from "./status/status.js";
import { transferOwnership } from "./transferOwnership.js";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [importCommand, status, resend, transferOwnership, leave];

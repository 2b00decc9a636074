import { access } from "./access/access.js";
import type { Command } from "./command.js";
import { completionOf } from "./completion/completion.js";
import { doctor } from "./doctor/doctor.js";
import { drift } from "./drift/drift.js";
import { importCommand } from "./import/import.js";
import { leave } from "./actions/leave.js";
import { probe } from "./probe/probe.js";
import { resend } from "./actions/resend.js";
import { rehearse } from "./rehearse/rehearse.js";
import { review } from "./review/review.js";
import { status } from "./status/status.js";
import { transferOwnership } from "./actions/transferOwnership.js";

const working: readonly Command[] = [
  importCommand,
  drift,
  review,
  rehearse,
  access,
  status,
  resend,
  transferOwnership,
  leave,
  doctor,
  probe,
];

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [...working, completionOf(working)];

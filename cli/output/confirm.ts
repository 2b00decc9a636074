import { NotConfirmedError } from "../errors.js";
import type { Terminal } from "./terminal.js";

/** To be called before anything is looked at: without `--yes` somebody has to be there to answer. */
export function requireConfirmable(terminal: Terminal, yes: boolean): void {
  if (yes || terminal.canAsk) return;
  throw new NotConfirmedError(
    "This is irreversible, and there is no terminal for the confirmation. Nothing was changed.",
    "Run the command in a terminal, or add --yes.",
  );
}

/** Lets the person at the terminal type the organization's slug, or its uid where the slug is none to be typed. */
export async function confirm(terminal: Terminal, { slug, uid }: { slug: string; uid: string }): Promise<void> {
  const [what, expected] = /^[-\w]+$/.test(slug) ? ["slug", slug] : ["uid", uid];
  const typed = await terminal.ask(`Type the organization's ${what} to confirm (${expected}): `);
  if (typed.trim() === expected) return;
  throw new NotConfirmedError(`That is not the organization's ${what}. Nothing was changed.`, "");
}

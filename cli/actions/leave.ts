import type { Member } from "../../provider/client/index.js";
import { quoted } from "../../provider/core/text.js";
import { shellWord } from "../../provider/core/shell.js";
import { confirmation, defineCommand, sharedOptions, type Invocation } from "../command.js";
import { confirm, requireConfirmable } from "./confirm.js";
import { afterLook, RefusedError } from "../errors.js";
import { ownMember, shownOwn } from "../membership/lookup.js";
import { withSession, type Found, type Session } from "../session.js";

const options = { ...confirmation, ...sharedOptions } as const;

export const leave = defineCommand({
  name: "leave",
  summary: "Take the API key's user out of an organization. One-way.",
  operands: [{ name: "<organization>", description: "the organization's slug or uid" }],
  options,
  about: [
    "Takes the API key's user out of an organization and its teams, and says first who that is, as far as Avala tells. The owner cannot leave: they transfer the ownership first.",
    "This is one-way. Only an invitation brings the person back, and programs that run with this key do not see the organization any more: every step on it fails, until its resources are taken out of the program and the state.",
    "It asks for the organization's slug before it sends the one request. Where the answer is lost, the list of organizations tells the outcome; nothing is sent twice.",
  ],
  sends: [
    "GET /organizations/  before, and after a lost answer",
    "GET /users/me/, GET /organizations/{slug}/members/  before, for who leaves",
    "POST /organizations/{slug}/leave/  once",
  ],
  examples: ["leave acme", "leave acme --yes --json"],
  run: leaveOrganization,
});

async function leaveOrganization(invocation: Invocation<typeof options>): Promise<void> {
  const { operands, options, terminal } = invocation;
  const [reference] = operands as [string];
  requireConfirmable(terminal, options.yes);
  await withSession({ ...invocation, writes: "leave" }, async (session) => {
    let found = await look(session, reference);
    const { row, shown } = found;
    const own = await ownMember(found.view);
    const role = row.role ? ` (${quoted(row.role)})` : "";
    terminal.note(`${shownOwn(own)} leaves ${shown}${role} and its teams.`);
    if (!own) terminal.note("Avala does not tell who that is.");
    terminal.note(
      "This is one-way: only an invitation brings them back. Programs with this key lose the organization.",
    );
    if (!options.yes) {
      await confirm(terminal, row);
      // Somebody may have made them the owner while the question stood.
      found = await look(session, row.uid);
    }
    await found.view.leave().catch((error: unknown) => {
      throw afterLook(error, "the API key's user is still in the organization");
    });
    if (options.json) terminal.json(asJson(found, own));
    else terminal.result(`Left ${shown}.`);
    terminal.note(`Programs with this key fail on this organization from now on. To let go of it there:
- take its resources out of the program, then run once: AVALA_ASSUME_DELETED=${shellWord(row.uid)} pulumi up
- or forget them one by one: pulumi state delete <urn> --target-dependents
Do not set AVALA_ASSUME_DELETED while the program still declares the organization: up would make a new one.
See docs/guides/recovery.md.`);
  });
}

async function look(session: Session, reference: string): Promise<Found> {
  const found = await session.organization(reference);
  if (found.row.role !== "owner") return found;
  throw new RefusedError(
    `The API key's user is the owner of ${found.shown}, and an owner cannot leave. Nothing was changed.`,
    "Transfer the ownership first: npx pulumi-avala transfer-ownership --help.",
  );
}

/** The shape of `--json`; docs/reference/commands.md describes it. */
function asJson({ row: { uid, slug, name } }: Found, own: Member | undefined): object {
  const user = own && { userUid: own.userUid, email: own.email, username: own.username };
  return { organization: { uid, slug, name }, user, left: true };
}

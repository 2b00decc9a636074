import type { Member } from "../../provider/client/index.js";
import { pages } from "../../provider/core/documentation.js";
import { quoted } from "../../provider/core/text.js";
import { shellWord } from "../../provider/core/shell.js";
import { confirmation, confirmationExitCodes, defineCommand, sharedOptions, type Invocation } from "../command.js";
import { confirm, requireConfirmable } from "../output/confirm.js";
import { afterLook, RefusedError } from "../errors.js";
import { ownMember, shownOwn } from "../membership/lookup.js";
import { withSession, type Found, type Session } from "../session.js";

const options = { ...confirmation, ...sharedOptions } as const;

export const leave = defineCommand({
  name: "leave",
  summary: "Leave an organization (as the API key's user). Irreversible.",
  operands: [{ name: "<organization>", description: "the organization's slug or uid" }],
  options,
  about: [
    "Removes the API key's user from an organization and its teams, and first prints who that is, if Avala reports it. The owner cannot leave: transfer the ownership first.",
    "This is irreversible: the user can only return by an invitation. Programs with this key no longer see the organization: every step on it fails until its resources are removed from the program and the state.",
    "It asks for the organization's slug before it sends the request. If the answer is lost, the result is looked up in the list of organizations; nothing is sent twice.",
  ],
  exitCodes: confirmationExitCodes,
  sends: [
    "GET /organizations/  before, and after a lost answer",
    "GET /users/me/, GET /organizations/{slug}/members/  before, to print the user",
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
    terminal.note(`${shownOwn(own)} will leave ${shown}${role} and its teams.`);
    if (!own) terminal.note("Avala does not report who that is.");
    terminal.note(
      "This is irreversible: the user can only return by an invitation. Programs with this key lose the organization.",
    );
    if (!options.yes) {
      await confirm(terminal, row);
      // Somebody may have made them the owner while the question was open.
      found = await look(session, row.uid);
    }
    await found.view.leave().catch((error: unknown) => {
      throw afterLook(error, "the API key's user is still in the organization");
    });
    if (options.json) terminal.json(asJson(found, own));
    else terminal.result(`Left ${shown}.`);
    terminal.note(`Programs with this key fail on this organization from now on. To remove it from the state:
- remove its resources from the program, then run once: AVALA_ASSUME_DELETED=${shellWord(row.uid)} pulumi up
- or remove them one by one: pulumi state delete <urn> --target-dependents
Do not set AVALA_ASSUME_DELETED while the program still declares the organization: pulumi up would create a new one.
See ${pages.vanishedOrganization}.`);
  });
}

async function look(session: Session, reference: string): Promise<Found> {
  const found = await session.organization(reference);
  if (found.row.role !== "owner") return found;
  throw new RefusedError(
    `The API key's user is the owner of ${found.shown}, and the owner cannot leave. Nothing was changed.`,
    "Transfer the ownership first: npx pulumi-avala transfer-ownership --help.",
  );
}

/** The shape of `--json`; docs/reference/commands.md describes it. */
function asJson({ row: { uid, slug, name } }: Found, own: Member | undefined): object {
  const user = own && { userUid: own.userUid, email: own.email, username: own.username };
  return { organization: { uid, slug, name }, user, left: true };
}

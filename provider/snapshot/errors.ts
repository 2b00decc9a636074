import { AvalaError, RequestError } from "../core/errors.js";
import { printable, quoted } from "../core/text.js";
import { shellWord } from "../core/shell.js";

/**
 * An organization in the state is not visible to the key any more: deleted, or access lost; the two look the same
 * (not-found-may-be-forbidden).
 */
export class OrganizationVanishedError extends AvalaError {
  readonly code = "AVALA_ORGANIZATION_VANISHED";
  readonly organizationUid: string;

  /** @param first whether this is the run's first error about it; later ones are short */
  constructor(organizationUid: string, first: boolean) {
    super(
      `Organization ${printable(organizationUid)} is not visible to this API key.`,
      first
        ? "Either it was deleted, or the API key's user has lost access to it; Avala does not say which. " +
            "If access was lost, restore it, or use a key that has it. " +
            `If it was deleted for good, run again with AVALA_ASSUME_DELETED=${shellWord(organizationUid)}: its resources are dropped from the state.`
        : "(See the first message about it.)",
    );
    this.organizationUid = organizationUid;
  }
}

/** No organization with this slug or uid is visible to the key. */
export class OrganizationNotFoundError extends AvalaError {
  readonly code = "AVALA_ORGANIZATION_NOT_FOUND";

  constructor(reference: string) {
    super(
      `No organization ${quoted(reference)} is visible to this API key.`,
      "Check the spelling (slugs are compared exactly, and change when somebody edits them), or use its uid.",
    );
  }
}

/** A row whose email address the service hides. */
export interface HiddenRow {
  uid: string;
  role?: string | undefined;
}

const mostRowsNamed = 5;

function rowsNamed(what: string, rows: readonly HiddenRow[]): string {
  const named = rows.slice(0, mostRowsNamed).map(({ uid, role }) => {
    const shownRole = role === undefined ? "" : ` (${printable(role, 20)})`;
    return `${what} ${printable(uid, 40)}${shownRole}`;
  });
  const more = rows.length > mostRowsNamed ? [`${rows.length - mostRowsNamed} more`] : [];
  return [...named, ...more].join(", ");
}

/** A person is named by email address, and the address does not identify them. */
export class IdentityUnknownError extends AvalaError {
  readonly code = "AVALA_IDENTITY_UNKNOWN";

  /** The list hides addresses: the person may or may not be in it. */
  static hidden(email: string, where: string, people: readonly HiddenRow[]): IdentityUnknownError {
    return new IdentityUnknownError(
      `It is not known whether ${quoted(email)} is in ${where}: Avala hides the email of ${people.length} of its people from this API key: ${rowsNamed("user", people)}.`,
      "Use a key of an owner or admin. If the person is one of these users, declare them by uid. If you know that none of these users is declared by email, set AVALA_HIDDEN_PEOPLE, or avala:hiddenPeople of the stack, to their uids.",
    );
  }

  /** The same for invitations: one of them may be the person's. */
  static hiddenInvitations(email: string, where: string, invitations: readonly HiddenRow[]): IdentityUnknownError {
    return new IdentityUnknownError(
      `It is not known whether ${quoted(email)} is invited to ${where}: Avala hides the email of ${invitations.length} of its invitations from this API key: ${rowsNamed("invitation", invitations)}.`,
      "Use a key of an owner or admin, or cancel these invitations in Avala.",
    );
  }

  /** Several people have the address, in spellings that count as equal. */
  static shared(email: string, where: string, userUids: readonly string[]): IdentityUnknownError {
    return new IdentityUnknownError(
      `${quoted(email)} is ambiguous: ${userUids.length} people of ${where} have this address.`,
      `Declare the person by their uid: ${userUids
        .slice(0, 5)
        .map((uid) => printable(uid, 40))
        .join(" or ")}.`,
    );
  }
}

/** A team existed when the run read it first, and does not exist any more. */
export class TeamVanishedError extends AvalaError {
  readonly code = "AVALA_TEAM_VANISHED";

  constructor(teamUid: string) {
    super(
      `Team ${teamUid} was deleted by somebody else during this run.`,
      "Run pulumi refresh to update the state; the next pulumi up creates what is missing.",
    );
  }
}

/** A write got no response, and the look-up of its result failed too. */
export class OutcomeUnknownError extends AvalaError {
  readonly code = "AVALA_OUTCOME_UNKNOWN";

  constructor(cause: RequestError) {
    super(
      `${cause.message} The lookup whether the change was made failed too.`,
      "Run again: the next run checks first and does only what is missing.",
      { cause },
    );
  }
}

/** The service accepted a creation, but does not list the created object. */
export class CreatedNotShownError extends AvalaError {
  readonly code = "AVALA_CREATED_NOT_SHOWN";

  constructor(what: string) {
    super(
      `Avala accepted the creation of ${what}, but its list does not show it yet.`,
      "Run again in a moment. If it was created without being recorded, the next message prints the adopt line that takes it over.",
    );
  }
}

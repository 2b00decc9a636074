import { AvalaError, RequestError } from "../provider/core/errors.js";

/** Wrong usage: an unknown command or option, a missing argument, or one too many. */
export class UsageError extends AvalaError {
  readonly code = "AVALA_USAGE";
}

/** The request is not possible in the current situation. Nothing was changed. */
export class RefusedError extends AvalaError {
  readonly code = "AVALA_REFUSED";
}

/** An irreversible step was not confirmed. Nothing was changed. */
export class NotConfirmedError extends AvalaError {
  readonly code = "AVALA_NOT_CONFIRMED";
}

/** A write got no answer, and a look afterwards shows that it was not carried out. */
export class NotCarriedOutError extends AvalaError {
  readonly code = "AVALA_NOT_CARRIED_OUT";

  constructor(cause: RequestError, now: string) {
    const { method, path } = cause.request;
    super(
      `${method} ${path} got no valid answer, and a lookup afterwards shows that nothing has changed: ${now}.`,
      "Run the command again.",
      { cause },
    );
  }
}

/**
 * The error to report for a failed write that a lookup has not found: after a lost answer, the result is known now.
 * @param now how things stand
 */
export function afterLook(error: unknown, now: string): unknown {
  return error instanceof RequestError && error.outcomeUnknown ? new NotCarriedOutError(error, now) : error;
}

/** An email may have been sent: the request got no answer, and no list shows emails. */
export class EmailUnknownError extends AvalaError {
  readonly code = "AVALA_EMAIL_UNKNOWN";

  constructor(cause: RequestError, who: string) {
    super(
      `${cause.request.method} ${cause.request.path} got no valid answer: the email to ${who} may have been sent or not.`,
      "Ask them before you run the command again: each run sends an email.",
      { cause },
    );
  }
}

/** The organization that `probe --write` has created could not be taken away again, or nothing shows that it was. */
export class LeftBehindError extends AvalaError {
  readonly code = "AVALA_PROBE_LEFT";
}

/** The Pulumi CLI, the project, the stack or its state could not be read. */
export class StackError extends AvalaError {
  readonly code = "AVALA_STACK";
}

/** The file of rules for differences to ignore is invalid. */
export class RulesError extends AvalaError {
  readonly code = "AVALA_RULES";
}

/** `doctor` has found a problem that keeps programs from working. */
export class UnhealthyError extends AvalaError {
  readonly code = "AVALA_DOCTOR";
}

/** The input of review is not a preview, or is a failed one. */
export class PreviewError extends AvalaError {
  readonly code = "AVALA_PREVIEW";
}

/** The file of a deployment's profile is invalid. */
export class ProfileError extends AvalaError {
  readonly code = "AVALA_PROFILE";
}

/** The approved review cannot be compared with. */
export class ApprovedReviewError extends AvalaError {
  readonly code = "AVALA_APPROVED_REVIEW";
}

/** Ctrl-C at a question, or a signal to a command that has something to remove before it ends. */
export class Interrupted extends Error {
  readonly signal: "SIGINT" | "SIGTERM" | "SIGHUP";

  /** @param result what has become of the work */
  constructor(signal: Interrupted["signal"] = "SIGINT", result = "Nothing was changed.") {
    super(result);
    this.signal = signal;
  }
}

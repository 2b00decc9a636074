import { AvalaError, RequestError } from "../provider/core/errors.js";

/** A command line that cannot be meant: an unknown command or option, something missing or too much. */
export class UsageError extends AvalaError {
  readonly code = "AVALA_USAGE";
}

/** What was asked for cannot be right as things stand. Nothing was sent that changes anything. */
export class RefusedError extends AvalaError {
  readonly code = "AVALA_REFUSED";
}

/** A step that cannot be taken back was not confirmed. Nothing was sent that changes anything. */
export class NotConfirmedError extends AvalaError {
  readonly code = "AVALA_NOT_CONFIRMED";
}

/** A write got no answer, and a look afterwards shows that it was not carried out. */
export class NotCarriedOutError extends AvalaError {
  readonly code = "AVALA_NOT_CARRIED_OUT";

  constructor(cause: RequestError, now: string) {
    const { method, path } = cause.request;
    super(
      `${method} ${path} got no valid answer, and a look at the service afterwards shows that nothing has changed: ${now}.`,
      "Run the command again.",
      { cause },
    );
  }
}

/**
 * The error to tell for a write that was looked up after its failure and is not there: a lost answer is no doubt any
 * more.
 * @param now how things stand
 */
export function afterLook(error: unknown, now: string): unknown {
  return error instanceof RequestError && error.doubtful ? new NotCarriedOutError(error, now) : error;
}

/** A mail may have gone out: the request got no answer, and no list shows mails. */
export class DoubtfulMailError extends AvalaError {
  readonly code = "AVALA_DOUBTFUL_MAIL";

  constructor(cause: RequestError, who: string) {
    super(
      `${cause.request.method} ${cause.request.path} got no valid answer. Whether ${who} has been mailed cannot be known.`,
      "Ask them before running the command again: each run mails.",
      { cause },
    );
  }
}

/** The Pulumi CLI, the project, the stack or its state could not be read. */
export class StackError extends AvalaError {
  readonly code = "AVALA_STACK";
}

/** A file of rules, for what a command is not to tell, cannot be right. */
export class RulesError extends AvalaError {
  readonly code = "AVALA_RULES";
}

/** `doctor` has found what keeps programs from working. */
export class UnhealthyError extends AvalaError {
  readonly code = "AVALA_DOCTOR";
}

/** What review was given is no preview, or one that has failed. */
export class PreviewError extends AvalaError {
  readonly code = "AVALA_PREVIEW";
}

/** The approved review cannot be compared with. */
export class ApprovedReviewError extends AvalaError {
  readonly code = "AVALA_APPROVED_REVIEW";
}

/** Ctrl-C at a question. */
export class Interrupted extends Error {}

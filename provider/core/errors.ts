/**
 * Errors of the organizations API. Match on the class or on `code`, never on the text.
 * A text says what happened, why, and what to do; it never holds a key, an accept link or a body.
 */

/** The request an error belongs to, as shown to people. */
export interface RequestFacts {
  method: string;
  path: string;
  status?: number;
  requestId?: string;
  /** An earlier try of the same write got no answer or a 5xx, and may have been carried out. */
  uncertain?: boolean;
}

export abstract class AvalaError extends Error {
  /** Stable, for programs and searches. */
  abstract readonly code: string;
  /** What the reader can do about it. */
  readonly fix: string;

  constructor(what: string, fix: string, options?: { cause?: unknown }) {
    super(`${what} ${fix}`.trim(), options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.fix = fix;
  }
}

/** Settings that cannot work: no key, a base URL that would send the key in clear, two sources at odds. */
export class ConfigError extends AvalaError {
  readonly code = "AVALA_CONFIG";
}

/** A request that was answered with an error status, or not as promised, or not at all. */
export abstract class RequestError extends AvalaError {
  readonly request: RequestFacts;
  /**
   * True where a write may have been carried out although it failed: look before trying again (no-idempotency-keys).
   */
  abstract readonly doubtful: boolean;

  constructor(what: string, fix: string, request: RequestFacts, options?: { cause?: unknown }) {
    super(what, fix, options);
    this.request = request;
  }

  protected get isWrite(): boolean {
    return this.request.method !== "GET";
  }
}

/** Answered with an error status. */
export abstract class ApiError extends RequestError {
  /** The service's own machine code, where it sent one (plan-refusals-are-permanent). */
  readonly apiCode: string | undefined;

  constructor(what: string, fix: string, request: RequestFacts, apiCode?: string) {
    super(what, fix, request);
    this.apiCode = apiCode;
  }

  get doubtful(): boolean {
    return this.isWrite && this.request.uncertain === true;
  }
}

export class InvalidError extends ApiError {
  readonly code = "AVALA_INVALID";
}
export class UnauthorizedError extends ApiError {
  readonly code = "AVALA_UNAUTHORIZED";
}
export class ForbiddenError extends ApiError {
  readonly code = "AVALA_FORBIDDEN";
}
export class NotFoundError extends ApiError {
  readonly code = "AVALA_NOT_FOUND";
}
export class ConflictError extends ApiError {
  readonly code = "AVALA_CONFLICT";
}
export class RateLimitedError extends ApiError {
  readonly code = "AVALA_RATE_LIMITED";
}
/** 5xx: the service failed, and may have done so after the change. */
export class UnavailableError extends ApiError {
  readonly code = "AVALA_UNAVAILABLE";
  override get doubtful(): boolean {
    return this.isWrite;
  }
}
/** Any other status, redirects included: they are never followed (next-names-any-host). */
export class UnexpectedStatusError extends ApiError {
  readonly code = "AVALA_UNEXPECTED_STATUS";
  /** A redirect may be how a proxy, or the service, answers a write that it has carried out. */
  override get doubtful(): boolean {
    const redirected = (this.request.status ?? 0) < 400;
    return this.isWrite && (redirected || super.doubtful);
  }
}

/** No answer: refused, dropped, or too slow. `sent` is false where the request provably never left. */
export class TransportError extends RequestError {
  readonly code = "AVALA_TRANSPORT";
  readonly sent: boolean;

  constructor(what: string, fix: string, request: RequestFacts, sent: boolean, options?: { cause?: unknown }) {
    super(what, fix, request, options);
    this.sent = sent;
  }

  get doubtful(): boolean {
    return this.isWrite && (this.sent || this.request.uncertain === true);
  }
}

/** Answered with success, but not in a shape this version understands (success-may-not-be-json). */
export class ResponseShapeError extends RequestError {
  readonly code = "AVALA_RESPONSE_SHAPE";
  get doubtful(): boolean {
    return this.isWrite;
  }
}

/** A write while `AVALA_READ_ONLY` is set; nothing was sent. */
export class ReadOnlyError extends RequestError {
  readonly code = "AVALA_READ_ONLY";
  get doubtful(): boolean {
    return false;
  }
}

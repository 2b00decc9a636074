/**
 * Errors of the organizations API. Match on the class or on `code`, never on the text. A message says what happened,
 * why, and what to do; it never contains a key, an accept link or a body.
 */

/** The request to which an error belongs, as messages show it. */
export interface RequestFacts {
  method: string;
  path: string;
  status?: number;
  requestId?: string;
  /** An earlier attempt of the same write got no response or a 5xx, and may have been carried out. */
  uncertain?: boolean;
}

export abstract class AvalaError extends Error {
  /** Stable, for programs and searches. */
  abstract readonly code: string;
  /** What the user can do about it. */
  readonly fix: string;

  constructor(what: string, fix: string, options?: { cause?: unknown }) {
    super(`${what} ${fix}`.trim(), options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.fix = fix;
  }

  /** The message without the fix. */
  get what(): string {
    return this.message.endsWith(this.fix)
      ? this.message.slice(0, this.message.length - this.fix.length).trim()
      : this.message;
  }
}

/** Invalid settings: no key, a base URL that would send the key unencrypted, conflicting sources. */
export class ConfigError extends AvalaError {
  readonly code = "AVALA_CONFIG";
}

/** A request that got an error status, an unexpected response, or no response. */
export abstract class RequestError extends AvalaError {
  readonly request: RequestFacts;
  /**
   * True if a write may have been carried out although it failed: look the object up before sending it again
   * (no-idempotency-keys).
   */
  abstract readonly outcomeUnknown: boolean;

  constructor(what: string, fix: string, request: RequestFacts, options?: { cause?: unknown }) {
    super(what, fix, options);
    this.request = request;
  }

  protected get isWrite(): boolean {
    return this.request.method !== "GET";
  }
}

/** The response has an error status. */
export abstract class ApiError extends RequestError {
  /** The service's own error code, if it sent one (plan-refusals-are-permanent). */
  readonly apiCode: string | undefined;

  constructor(what: string, fix: string, request: RequestFacts, apiCode?: string) {
    super(what, fix, request);
    this.apiCode = apiCode;
  }

  get outcomeUnknown(): boolean {
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
/** 5xx: the service failed, possibly after it made the change. */
export class UnavailableError extends ApiError {
  readonly code = "AVALA_UNAVAILABLE";
  override get outcomeUnknown(): boolean {
    return this.isWrite;
  }
}
/** Any other status, redirects included: they are never followed (next-names-any-host). */
export class UnexpectedStatusError extends ApiError {
  readonly code = "AVALA_UNEXPECTED_STATUS";
  /** A proxy or the service may answer a write that has been carried out with a redirect. */
  override get outcomeUnknown(): boolean {
    const redirected = (this.request.status ?? 0) < 400;
    return this.isWrite && (redirected || super.outcomeUnknown);
  }
}

/** No response: refused, interrupted, or too slow. `sent` is false only if the request was provably never sent. */
export class TransportError extends RequestError {
  readonly code = "AVALA_TRANSPORT";
  readonly sent: boolean;

  constructor(what: string, fix: string, request: RequestFacts, sent: boolean, options?: { cause?: unknown }) {
    super(what, fix, request, options);
    this.sent = sent;
  }

  get outcomeUnknown(): boolean {
    return this.isWrite && (this.sent || this.request.uncertain === true);
  }
}

/** The response is a success, but its shape is unknown to this version (success-may-not-be-json). */
export class ResponseShapeError extends RequestError {
  readonly code = "AVALA_RESPONSE_SHAPE";
  get outcomeUnknown(): boolean {
    return this.isWrite;
  }
}

/** A write while `AVALA_READ_ONLY` is set; no request was sent. */
export class ReadOnlyError extends RequestError {
  readonly code = "AVALA_READ_ONLY";
  get outcomeUnknown(): boolean {
    return false;
  }
}

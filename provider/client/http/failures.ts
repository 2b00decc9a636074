import { decodeError, isOfApi } from "./decodeError.js";
import {
  type ApiError,
  ConflictError,
  ForbiddenError,
  InvalidError,
  NotFoundError,
  RateLimitedError,
  type RequestFacts,
  ResponseShapeError,
  TransportError,
  UnauthorizedError,
  UnavailableError,
  UnexpectedStatusError,
} from "../../core/errors.js";
import { scopeOf } from "./scopes.js";
import { NOT_UTF8, type Outcome, TOO_LARGE } from "./exchange.js";
import type { Redactor } from "./redact.js";
import { inQuotes, printable } from "../../core/text.js";

type Failure = Extract<Outcome, { kind: "failure" }>;

interface Meaning {
  type: new (what: string, fix: string, request: RequestFacts, apiCode?: string) => ApiError;
  why: string;
  fix: string;
}

const INVALID: Meaning = {
  type: InvalidError,
  why: "the service does not accept the values.",
  fix: "Correct the values and run again.",
};

const MEANINGS: Readonly<Record<number, Meaning>> = {
  400: INVALID,
  413: INVALID,
  422: INVALID,
  401: {
    type: UnauthorizedError,
    why: "the key is missing, unknown, revoked or expired.",
    fix: "Set a valid key in AVALA_API_KEY or in the provider's apiKey.",
  },
  404: {
    type: NotFoundError,
    why: "not found, or not visible to this API key.",
    fix: "Check the slug or uid, and that the API key's user belongs to the organization.",
  },
  409: {
    type: ConflictError,
    why: "conflicts with an existing object.",
    fix: "Look for an existing object of this name in Avala; adopt it or choose a different name.",
  },
  429: {
    type: RateLimitedError,
    why: "the keys of the API key's user have sent too many requests; this request was tried several times.",
    fix: "Wait a minute and run again, or lower requestsPerMinute; other programs of the same user count too.",
  },
};

/** The service checks the key's scopes before its user's role, and the response shows neither. */
const forbidden = ({ method }: RequestFacts): Meaning => ({
  type: ForbiddenError,
  why: "not allowed for the API key's user, the key's scopes or the organization's plan.",
  fix: `Use a key of an owner or admin of the organization that is unrestricted or has the scope ${scopeOf(method)}, or change the plan.`,
});

const UNEXPECTED: Meaning = {
  type: UnexpectedStatusError,
  why: "unexpected status for this API.",
  fix: "Check the base URL and the proxies in front of the service.",
};

const REDIRECT: Meaning = {
  type: UnexpectedStatusError,
  why: "redirects are not followed, so that the key is only sent to the configured host.",
  fix: "Correct the base URL: https, the right host, and the path (/api/v1 at Avala).",
};

/** Every key may read this list: if it is not found, that proves nothing about an organization. */
const LIST_OF_ORGANIZATIONS = "/organizations/";

/**
 * The response does not come from the organizations API, but from a web server, a gateway, or the API below a different
 * path. Its "not found" does not prove absence.
 */
function elsewhere(baseUrl: string): Meaning {
  const shown = printable(baseUrl, 200);
  return {
    type: UnexpectedStatusError,
    why: `the organizations API was not found at the base URL ${shown}${new URL(baseUrl).pathname === "/" ? ", which has no path: /api/v1 is missing" : ""}.`,
    fix: "Check the base URL, in AVALA_BASE_URL, avala:baseUrl or the provider's baseUrl: at Avala it ends in /api/v1.",
  };
}

/** The error for a response with an error status. The only place that maps a status to a class. */
export function statusError(facts: RequestFacts, body: string, redact: Redactor, baseUrl: string): ApiError {
  const isElsewhere = facts.status === 404 && (facts.path === LIST_OF_ORGANIZATIONS || !isOfApi(body));
  const { type: Type, why, fix } = isElsewhere ? elsewhere(baseUrl) : meaning(facts);
  const { detail, code } = decodeError(body);
  const shownCode = code === undefined ? undefined : redact(code);
  const said = detail === undefined ? "" : ` The service says: ${inQuotes(redact(detail))}`;
  const named = shownCode === undefined ? "" : ` [${shownCode}]`;
  return new Type(`${described(facts)}: ${why}${said}${named}`, fix, facts, shownCode);
}

/**
 * The error for every request after the first 401, sent or not: the first message explains it, the others are short.
 */
export function refusedBefore(facts: RequestFacts): UnauthorizedError {
  const ending = facts.status === undefined ? " was not sent" : "";
  return new UnauthorizedError(`${described(facts)}${ending}: the API key was rejected.`, "Use a valid key.", facts);
}

/** The error for a request without a response. `sent` is true if any of its attempts was sent. */
export function transportError(facts: RequestFacts, failure: Failure, sent: boolean, redact: Redactor): TransportError {
  const message = redact(failure.message);
  const outcomeUnknown = sent && facts.method !== "GET";
  const ending = failure.status === undefined ? "got no answer" : "and then broke off";
  const outcome = outcomeUnknown ? "it may have been carried out anyway." : "nothing was changed.";
  const fix = outcomeUnknown
    ? "Check whether the change was made before trying again."
    : "Check the base URL, the network and the state of the service, then run again.";
  // The original error may contain headers: only its code and text are kept.
  const cause = Object.assign(new Error(message), { code: failure.code });
  const what = `${described(facts)} ${ending} (${failure.code}: ${message}); ${outcome}`;
  return new TransportError(what, fix, facts, sent, { cause });
}

/** The error for a success with an unexpected body. `why` must not contain any part of the body. */
export function shapeError(facts: RequestFacts, why: string, fix = SHAPE_FIX): ResponseShapeError {
  return new ResponseShapeError(`${described(facts)}, but ${why}.`, fix, facts);
}

/** The reason why the body of a success cannot be read, if there is one. */
export function unreadable(outcome: Outcome): string | undefined {
  if (outcome.kind !== "failure") return undefined;
  if (outcome.code === TOO_LARGE) return "the body is larger than any real answer";
  return outcome.code === NOT_UTF8 ? "the body is not UTF-8" : undefined;
}

const SHAPE_FIX =
  "Check that the base URL leads to the API, not to a web page or a proxy that asks for a login; otherwise update pulumi-avala.";

function described({ method, path, status, requestId }: RequestFacts): string {
  const id = requestId === undefined ? "" : ` (request ${requestId})`;
  return status === undefined ? `${method} ${path}` : `${method} ${path} answered ${status}${id}`;
}

function meaning(facts: RequestFacts): Meaning {
  const status = facts.status ?? 0;
  if (status >= 500) return unavailable(facts);
  if (status < 400) return REDIRECT;
  if (status === 403) return forbidden(facts);
  return MEANINGS[status] ?? UNEXPECTED;
}

function unavailable(facts: RequestFacts): Meaning {
  const type = UnavailableError;
  if (facts.method === "GET") {
    return { type, why: "the service failed.", fix: "Run again later; nothing was changed." };
  }
  return {
    type,
    why: "the service failed, possibly after making the change.",
    fix: "Check whether the change was made before trying again.",
  };
}

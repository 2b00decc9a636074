import { z } from "@hono/zod-openapi";

/** An answer that is not a success, in one of the body shapes of Django REST framework. */
export class ApiError extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 415 | 429,
    readonly body: Record<string, unknown>,
    readonly headers: Record<string, string> = {},
  ) {
    super(`HTTP ${status}`);
  }
}

/** A control call that cannot be carried out; the text is for the person who sent it. */
export class ControlError extends Error {
  constructor(
    readonly status: 400 | 404 | 409,
    message: string,
  ) {
    super(message);
  }
}

/** A start that fails for a reason that its user can remove. The message is one line: what happened, and why. */
export class StartError extends Error {
  override readonly name: string = "StartError";
}

/** A start that contradicts itself; the message names the path of the value. */
export class SeedError extends StartError {
  override readonly name = "SeedError";

  constructor(
    message: string,
    /** What is refused. */
    readonly part: "seed" | "profile" | "keys" = "seed",
  ) {
    super(message);
  }
}

/** The file that keeps the state cannot be used. */
export class StateFileError extends StartError {
  override readonly name = "StateFileError";
}

export const refusal = (status: ApiError["status"], detail: string): ApiError => new ApiError(status, { detail });

/** REST framework answers 401 only with a challenge, and 403 without; which one the service names is not known. */
export const unauthenticated = (detail: string): ApiError =>
  new ApiError(401, { detail }, { "WWW-Authenticate": "Api-Key" });

export const notFound = (): ApiError => refusal(404, "Not found.");

export const forbidden = (detail = "You do not have permission to perform this action."): ApiError =>
  refusal(403, detail);

/** 400 for one field of the body. */
export const invalid = (field: string, message: string): ApiError => new ApiError(400, { [field]: [message] });

/** 403 with a machine code: the plan does not allow it, and no retry ever will. */
export const planRefusal = (detail: string): ApiError =>
  new ApiError(403, {
    detail,
    code: "plan_insufficient",
    doc_url: "https://docs.example.com/errors/plan_insufficient",
  });

/** 429; the call did nothing. */
export function throttled(seconds: number): ApiError {
  const detail = `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? "" : "s"}.`;
  return new ApiError(429, { detail }, { "Retry-After": String(seconds) });
}

/** 400 from a refused body: field → messages. */
export function validationError(error: z.ZodError): ApiError {
  const fields: Record<string, string[]> = {};
  for (const { path, message } of error.issues) {
    const field = typeof path[0] === "string" ? path[0] : "non_field_errors";
    (fields[field] ??= []).push(message);
  }
  return new ApiError(400, fields);
}

/** More would not be read. */
const MOST_PROBLEMS = 5;

/** The paths and problems of a refused seed or control body, for the person who wrote it. */
export function problems({ issues }: z.ZodError): string {
  const texts = issues
    .slice(0, MOST_PROBLEMS)
    .map(({ path, message }) => [z.core.toDotPath(path), message].filter(Boolean).join(": "));
  const more = issues.length - texts.length;
  return [...texts, ...(more > 0 ? [`and ${more} more`] : [])].join("; ").replaceAll(".; ", "; ");
}

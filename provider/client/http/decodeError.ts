import { excess } from "./json.js";

/** The text of an error body, in one line, before redaction. */
export interface ErrorBody {
  detail?: string;
  /** The service's machine code, such as `plan_insufficient`. */
  code?: string;
}

const DEEPEST = 4;
/** Highest number of problems that are kept: a message shows only the first few hundred characters. */
const MOST_PROBLEMS = 20;
/** Highest number of characters in the name of a field; no real field has a longer name. */
const LONGEST_NAME = 200;

/**
 * Reads the error bodies that Avala is known to send: `detail` as text or as fields, with or without `code`; fields at
 * the top level; an array of texts or of `{loc, msg}`; `error: {code, message, details}`. Any other body (HTML, plain
 * text, empty) is not shown.
 */
export function decodeError(text: string): ErrorBody {
  const body = parse(text);
  if (Array.isArray(body)) return withDetail([lines(body)]);
  if (!isObject(body)) return {};
  const code = machineCode(body.code);
  if (isObject(body.error)) {
    const { code: inner, message, details } = body.error;
    return withDetail([lines(message), lines(details)], machineCode(inner) ?? code);
  }
  if (body.detail !== undefined) return withDetail([lines(body.detail)], code);
  return withDetail([lines(withoutMachineFields(body))], code);
}

/**
 * Whether a body may come from the API itself: it is empty, or an object with a reason, as in all errors of the API.
 * Web servers and gateways return pages, text or other objects.
 */
export function isOfApi(text: string): boolean {
  if (text.trim() === "") return true;
  const body = parse(text);
  return isObject(body) && (body.detail !== undefined || isObject(body.error) || machineCode(body.code) !== undefined);
}

function withDetail(sources: Iterable<string>[], code?: string): ErrorBody {
  const found = first(MOST_PROBLEMS, sources);
  return {
    ...(found.length > 0 && { detail: found.join("; ") }),
    ...(code !== undefined && { code }),
  };
}

/** Only as many lines are built as are kept: each repeats the name of its field. */
function first(most: number, sources: Iterable<string>[]): string[] {
  const found: string[] = [];
  for (const source of sources) {
    for (const line of source) {
      if (found.push(line) === most) return found;
    }
  }
  return found;
}

function withoutMachineFields(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== "code" && name !== "doc_url"));
}

function* lines(value: unknown, field = "", depth = 0): Generator<string> {
  if (typeof value === "string") {
    if (value.trim() !== "") yield field === "" ? value : `${field}: ${value}`;
    return;
  }
  if (depth === DEEPEST) return;
  if (Array.isArray(value)) for (const item of value as unknown[]) yield* lines(item, field, depth + 1);
  else if (!isObject(value)) return;
  else if (typeof value.msg === "string") yield* lines(value.msg, location(value.loc) || field, depth + 1);
  else for (const name of Object.keys(value)) yield* lines(value[name], joined(field, name), depth + 1);
}

function joined(field: string, name: string): string {
  if (name === "non_field_errors" || name.length > LONGEST_NAME) return field;
  return field === "" ? name : `${field}.${name}`;
}

function location(loc: unknown): string {
  if (!Array.isArray(loc) || loc.length > DEEPEST * DEEPEST) return "";
  const parts = loc.filter((part) => ["string", "number"].includes(typeof part)).join(".");
  return parts.length > LONGEST_NAME ? "" : parts;
}

function machineCode(value: unknown): string | undefined {
  return typeof value === "string" && /^[a-z][\w.-]{0,63}$/i.test(value) ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  if (excess(text) !== undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

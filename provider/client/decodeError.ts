/** What an error body says, in one line, before redaction. */
export interface ErrorBody {
  detail?: string;
  /** The service's machine code, such as `plan_insufficient`. */
  code?: string;
}

const DEEPEST = 4;

/**
 * Reads the error bodies that Avala is known to send: `detail` as text or as fields, with or without `code`; fields
 * at the top level; an array of texts or of `{loc, msg}`; `error: {code, message, details}`. Anything else (HTML, plain
 * text, nothing) says nothing, and is not shown.
 */
export function decodeError(text: string): ErrorBody {
  const body = parse(text);
  if (Array.isArray(body)) return withDetail(lines(body));
  if (!isObject(body)) return {};
  const code = machineCode(body.code);
  if (isObject(body.error)) {
    const { code: inner, message, details } = body.error;
    return withDetail([...lines(message), ...lines(details)], machineCode(inner) ?? code);
  }
  if (body.detail !== undefined) return withDetail(lines(body.detail), code);
  return withDetail(lines(withoutMachineFields(body)), code);
}

function withDetail(found: string[], code?: string): ErrorBody {
  return {
    ...(found.length > 0 && { detail: found.join("; ") }),
    ...(code !== undefined && { code }),
  };
}

function withoutMachineFields(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== "code" && name !== "doc_url"));
}

function lines(value: unknown, field = "", depth = 0): string[] {
  if (typeof value === "string") return value.trim() === "" ? [] : [field === "" ? value : `${field}: ${value}`];
  if (depth === DEEPEST) return [];
  if (Array.isArray(value)) return value.flatMap((item) => lines(item, field, depth + 1));
  if (!isObject(value)) return [];
  if (typeof value.msg === "string") return lines(value.msg, location(value.loc) || field, depth + 1);
  return Object.entries(value).flatMap(([name, inner]) => lines(inner, joined(field, name), depth + 1));
}

function joined(field: string, name: string): string {
  if (name === "non_field_errors") return field;
  return field === "" ? name : `${field}.${name}`;
}

function location(loc: unknown): string {
  return Array.isArray(loc) ? loc.filter((part) => ["string", "number"].includes(typeof part)).join(".") : "";
}

function machineCode(value: unknown): string | undefined {
  return typeof value === "string" && /^[a-z][\w.-]{0,63}$/i.test(value) ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import type { Fault, Settings } from "../../../emulator/src/index.js";

/** One call of a run without a fault. */
export interface CleanCall {
  method: string;
  /** Regular expression for the path with its query, in which `TOKEN` stands for that of the case. */
  path: string;
  /** The number among calls that look the same. */
  nth: number;
  /** Regular expression for the body, if the path does not identify the case. */
  body?: string;
}

/** One kind of fault of a call. */
export interface FaultKind {
  name: string;
  action?: Fault["action"];
  /** One of these in turn. */
  variants?: readonly NonNullable<Fault["action"]>[];
  /** Instead of an action: connections are refused when the call is made, until the run has ended. */
  refused?: true;
  /** How often in a row; default once. Calls that may be repeated are tried five times. */
  times?: number;
  /** All later calls of the same organization fail, until the run has ended. */
  forGood?: true;
  /** It ends the requests of all cases in the process: their later calls are not affected by it. */
  endsRun?: true;
  /** Calls that it affects; only these are cases. Default: any. */
  affects?: (call: CleanCall) => boolean;
  /** Settings of the service. */
  settings?: Partial<Settings>;
  /** Additional environment of the provider. */
  environment?: Record<string, string>;
}

const ALL_TRIES = 5;
const isRead = ({ method }: CleanCall) => method === "GET";
const isWrite = (call: CleanCall) => !isRead(call);
const isLaterPage = ({ path }: CleanCall) => /[?&]page=(?!1\b)\d/.test(path);
const html = { "content-type": "text/html" };
const page = "<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>";
const detail = (text: string) => ({ detail: text });
// Times in headers are by the service's clock, which may show any time.
const date = "Wed, 21 Oct 2026 07:28:00 GMT";
const secondLater = "Wed, 21 Oct 2026 07:28:01 GMT";
const onePerPage: Partial<Settings> = { maxPageSize: 1 };

/** Bodies that are not answers of this API: a web page, and other JSON. */
const shapes: Fault["action"][] = [
  { status: 200, headers: html, body: page, after: true },
  { status: 200, body: [1, 2], after: true },
  { status: 200, body: { results: { uid: 7 } }, after: true },
  { status: 200, body: { uid: 7, slug: [] }, after: true },
];

/** Long enough for any answer. */
const patience = { AVALA_TIMEOUT_SECONDS: "3" };
const longer = 4000;

export const faultKinds: readonly FaultKind[] = [
  { name: "429 with Retry-After in seconds", action: { status: 429, headers: { "Retry-After": "1" } } },
  { name: "429 with Retry-After as a date", action: { status: 429, headers: { date, "Retry-After": secondLater } } },
  { name: "429 without Retry-After", action: { status: 429, body: detail("Request was throttled.") } },
  { name: "500", action: { status: 500, body: detail("Internal error.") } },
  { name: "500 after the change", action: { status: 500, after: true }, affects: isWrite },
  { name: "502 once", action: { status: 502, headers: html, body: page } },
  {
    name: "502 at each try, after the change",
    action: { status: 502, after: true },
    times: ALL_TRIES,
    affects: isWrite,
  },
  { name: "503 with an HTML body, at each try", action: { status: 503, headers: html, body: page }, times: ALL_TRIES },
  { name: "connection refused", refused: true },
  { name: "dropped before the change", action: { drop: "before" } },
  { name: "dropped before the change, at each try", action: { drop: "before" }, times: ALL_TRIES },
  { name: "dropped after the change", action: { drop: "after" }, affects: isWrite },
  { name: "dropped after the change, at each try", action: { drop: "after" }, times: ALL_TRIES, affects: isWrite },
  {
    name: "dropped after the change, and not to be looked up",
    action: { drop: "after" },
    times: ALL_TRIES,
    forGood: true,
    affects: isWrite,
  },
  {
    name: "dropped before the change, and not to be looked up",
    action: { drop: "before" },
    times: ALL_TRIES,
    forGood: true,
    affects: isWrite,
  },
  { name: "no answer in time, without the change", action: { drop: "before", delayMs: longer }, environment: patience },
  { name: "no answer in time, with the change", action: { pauseMs: longer }, environment: patience },
  { name: "truncated JSON", action: { truncate: true } },
  { name: "truncated JSON, at each try", action: { truncate: true }, times: ALL_TRIES },
  { name: "empty 200", action: { status: 200, body: "", after: true } },
  { name: "wrong shape", action: shapes[0]!, variants: shapes },
  { name: "a login page in place of the change", action: { status: 200, headers: html, body: page }, affects: isWrite },
  {
    name: "a login page in place of the change, and not to be looked up",
    action: { status: 200, headers: html, body: page },
    forGood: true,
    affects: isWrite,
  },
  { name: "401", action: { status: 401, body: detail("API key has been revoked or has expired.") }, endsRun: true },
  { name: "403", action: { status: 403, body: detail("You do not have permission to perform this action.") } },
  { name: "404", action: { status: 404, body: detail("Not found.") } },
  {
    name: "a page that vanishes during a walk",
    action: { status: 404, body: detail("Invalid page.") },
    affects: isLaterPage,
    settings: onePerPage,
  },
  {
    name: "a page that vanishes during each walk",
    action: { status: 404, body: detail("Invalid page.") },
    times: ALL_TRIES,
    affects: isLaterPage,
    settings: onePerPage,
  },
  { name: "a list that repeats", action: { repeat: "previous" }, affects: isLaterPage, settings: onePerPage },
];

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { State } from "../../emulator/src/index.js";
import { type Rehearsal, rehearsalOf, rehearsed } from "../../provider/client/index.js";
import { AvalaError } from "../../provider/core/errors.js";
import { printable } from "../../provider/core/text.js";
import { plural } from "../output/terminal.js";
import type { ProfileSettings } from "../probe/profile.js";
import type { Credential } from "./credentials.js";
import { type CopiedKey, type Copying, Deployment } from "./deployment.js";
import { Reader, type Reports } from "./reader.js";

/** The living organizations, copied: what a run on the copy does reaches nobody. */
export interface Copy {
  /** The value of AVALA_REHEARSAL. */
  url: string;
  /** What is in each deployment now, by its real base URL; organizations that nobody has asked for are absent. */
  states(): Map<string, State>;
  /** The same, as it was when each organization was read. */
  before(): Map<string, State>;
  /** All emails since the start, with the uid of the organization that each invites to. */
  emails(): { to: string; kind: "invitation" | "resend"; organization: string }[];
  /** Requests to the copy since the last `mark()`; `path` is below the base URL. */
  requests(): { method: string; path: string; baseUrl: string }[];
  mark(): void;
  /** Number of requests that were sent to the living service. */
  readonly reads: number;
  /** What the keys could not see, in sentences for people. */
  notes(): string[];
  close(): Promise<void>;
}

export interface CopyOptions {
  credentials: Credential[];
  /** Uids or slugs of the organizations that state and program name: they are read at once. */
  organizations: readonly string[];
  /** Called while the living service is read. */
  onProgress?: (text: string) => void;
  /** How the deployments behave, as far as it was measured. */
  profile?: ProfileSettings | undefined;
  /** What is reported of the reads. */
  reports?: Reports;
}

const API = "/api/v1";

/**
 * Opens the copy on 127.0.0.1; what it needs is read from the living service, to which it never writes.
 * @throws AvalaError if nothing can be read with any of the keys, or an organization that is named cannot be read
 */
export async function openCopy(options: CopyOptions): Promise<Copy> {
  // A command that rehearses nothing does not load it.
  const { createEmulator, listen } = await import("../../emulator/src/index.js");
  const copies = new Copies({
    emulator: createEmulator,
    notes: new Set(),
    onProgress: options.onProgress ?? (() => {}),
    profile: options.profile,
    reports: options.reports ?? {},
  });
  const server = await listen((request) => copies.answer(request));
  try {
    await copies.open(server.port, options);
  } catch (error) {
    await Promise.all([server.close(), copies.close()]);
    throw error;
  }
  return copies.asCopy(() => server.close());
}

/** The copies of all deployments, behind one address that nobody can guess. */
class Copies {
  readonly #copying: Copying;
  readonly #token = randomBytes(32).toString("base64url");
  /** By their names in the path. */
  readonly #deployments = new Map<string, { baseUrl: string; deployment: Deployment }>();
  readonly #readers: Reader[] = [];
  #requests: ReturnType<Copy["requests"]> = [];
  #reads = 0;
  #host = "";

  constructor(copying: Copying) {
    this.#copying = copying;
  }

  async open(port: number, { credentials, organizations }: CopyOptions): Promise<void> {
    this.#host = `127.0.0.1:${port}`;
    const rehearsal = rehearsalOf(this.#url)!;
    const keys = credentials.map((credential) => this.#keyOf(rehearsal, credential));
    await Promise.all(keys.map(({ reader }) => reader.look()));
    const [failure] = keys.map(({ reader }) => reader.failure);
    if (failure !== undefined && keys.every(({ reader }) => reader.failure !== undefined)) throw failure;
    const baseUrls = new Set(keys.map(({ baseUrl }) => baseUrl));
    await Promise.all(
      [...baseUrls].map(async (baseUrl) => {
        const own = keys.filter((key) => key.baseUrl === baseUrl);
        const deployment = await Deployment.open(this.#copying, own, organizations);
        this.#deployments.set(own[0]!.name, { baseUrl, deployment });
      }),
    );
  }

  /** Refuses what does not come from a client of the run: web pages, and programs that do not have the token. */
  async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (isOfBrowser(request) || url.host !== this.#host) return plain(403, "Only a rehearsal may send this.");
    const [, token = "", name = "", ...rest] = url.pathname.split("/");
    const found = this.#deployments.get(name);
    const path = `/${rest.join("/")}`;
    if (!isEqual(token, this.#token) || found === undefined || !path.startsWith(`${API}/`))
      return plain(404, "This is not a base URL of the rehearsal.");
    const { baseUrl, deployment } = found;
    this.#requests.push({ method: request.method, path: path.slice(API.length), baseUrl });
    const reader = deployment.readerOf(request.headers.get("x-avala-api-key") ?? "");
    if (reader === undefined) return unknownKey(deployment);
    const { failure } = reader;
    if (failure) return json(424, `Nothing could be read with the key of ${reader.shown}: ${failure.message}`);
    try {
      await deployment.need(slugOf(path), reader);
    } catch (error) {
      if (!(error instanceof AvalaError)) throw error;
      return json(424, `The organization could not be copied: ${error.message}`);
    }
    return deployment.emulator.fetch(await forwarded(request, `http://${this.#host}${path}${url.search}`));
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.map(({ client }) => client.close()));
  }

  asCopy(stop: () => Promise<void>): Copy {
    const each = <T>(of: (deployment: Deployment) => T) =>
      [...this.#deployments.values()].map(({ baseUrl, deployment }) => [baseUrl, of(deployment)] as const);
    const reads = () => this.#reads;
    return {
      url: this.#url,
      states: () => new Map(each((deployment) => deployment.state())),
      before: () => new Map(each((deployment) => deployment.before())),
      emails: () =>
        each(({ emulator }) => emulator.emails()).flatMap(([, emails]) =>
          emails.map(({ to, kind, organizationUid }) => ({ to, kind, organization: organizationUid })),
        ),
      requests: () => [...this.#requests],
      mark: () => void (this.#requests = []),
      get reads() {
        return reads();
      },
      notes: () => [...this.#copying.notes],
      close: async () => void (await Promise.all([stop(), this.close()])),
    };
  }

  get #url(): string {
    return `http://${this.#host}/${this.#token}`;
  }

  #keyOf(rehearsal: Rehearsal, credential: Credential): CopiedKey & { name: string; baseUrl: string } {
    const { apiKey, baseUrl } = credential.settings.client;
    const copied = rehearsed(rehearsal, { apiKey, baseUrl });
    const { notes, onProgress, reports } = this.#copying;
    const reader = new Reader(credential, notes, {
      ...reports,
      beforeRequest: () => this.#reads++,
      onWait: ({ waiting, seconds }) =>
        onProgress(`Rate limit of Avala: ${plural(waiting, "request")} to wait for, for about ${seconds} s.`),
    });
    this.#readers.push(reader);
    const name = copied.baseUrl.slice(this.#url.length + 1, -API.length);
    return { key: copied.apiKey, reader, name, baseUrl };
  }
}

/** Browsers name the site that sends a request; clients of a run do not. */
function isOfBrowser({ headers }: Request): boolean {
  return headers.has("origin") || headers.has("sec-fetch-site");
}

/** In a time that does not depend on the texts. */
function isEqual(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Of `/api/v1/organizations/<slug>/…`; "" for other paths. */
function slugOf(path: string): string {
  const encoded = /^\/api\/v1\/organizations\/([^/]+)\//.exec(path)?.[1] ?? "";
  try {
    return decodeURIComponent(encoded);
  } catch {
    return "";
  }
}

async function forwarded(request: Request, url: string): Promise<Request> {
  const { method, headers } = request;
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(url, { method, headers, body: hasBody ? await request.text() : null });
}

function unknownKey(deployment: Deployment): Response {
  const known = printable(deployment.sources, 400);
  return json(
    401,
    `This key was not known when the rehearsal began. For this base URL, it knows the keys of: ${known}. ` +
      "A Provider whose key only the run computes cannot be rehearsed.",
  );
}

const plain = (status: number, text: string): Response => new Response(text, { status });
const json = (status: number, detail: string): Response => Response.json({ detail }, { status });

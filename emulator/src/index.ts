import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { z } from "@hono/zod-openapi";
import { createApp } from "./app.js";
import { CONTROL } from "./control.js";
import { BASE } from "./operation.js";
import { problems } from "./errors.js";
import { Persistence, readSaved } from "./persistence.js";
import { type Profile, settingsOf } from "./profile.js";
import { scopes } from "./scopes.js";
import type { Email } from "./model.js";
import { type Additions, type Seed, SeedError, type State } from "./seed.js";
import { exportState } from "./state.js";
import { type KeyOwner, LOCAL_KEY, LOCAL_OWNER, Service } from "./service.js";

export { type Additions, SeedError, type Seed, type State } from "./seed.js";
export type { Fault } from "./faults.js";
export type { KeyOwner } from "./service.js";
export type { Profile } from "./profile.js";
export type { Settings } from "./settings.js";

export interface EmulatorOptions {
  /** The start; without it only the local owner and the keys are there. */
  seed?: Seed | undefined;
  /** Further API keys: the email address of the key's user, or that address with the scopes to which the key is restricted. They survive a reset. */
  keys?: Readonly<Record<string, string | KeyOwner>> | undefined;
  /** Whether `avk_local`, the key of `owner@example.com`, exists in every start. Default true. */
  localKey?: boolean | undefined;
  /**
   * What was measured of a deployment: `{ version: 1, settings }`; everything else in it is ignored. Its settings replace
   * the defaults, also after a reset; those of `seed` and of `data` win over them.
   */
  profile?: Profile | undefined;
  /** File that keeps the state. Where it exists it wins over `seed`. */
  data?: string | undefined;
  /** Milliseconds since 1970, for a test that stops time. Default: the machine's clock. */
  now?: (() => number) | undefined;
}

export interface Emulator {
  /** Base URL of the API, without a trailing slash. */
  url: string;
  /** Base URL of the control interface, without a trailing slash. */
  controlUrl: string;
  port: number;
  /** Stops listening and drops open connections. */
  close(): Promise<void>;
}

type Fetch = (request: Request, env?: object) => Response | Promise<Response>;

/** An emulator in the process of its caller. */
export interface LocalEmulator {
  /** Answers a request. */
  fetch: Fetch;
  /**
   * Adds people, keys and organizations while the service runs, and changes settings. People who are there, by uid, and
   * keys that are there are changed; an organization with `counts` is completed. Throws SeedError, and changes nothing,
   * when it contradicts itself or what is there.
   */
  add(more: Additions): void;
  /** Everything now, in the shape of a seed. */
  state(): State;
  /** All emails, with the uid of the organization that each invites to. */
  emails(): (Email & { organizationUid: string })[];
}

/** An emulator without a socket: hand it requests. Throws SeedError when the start contradicts itself or the profile is none. */
export function createEmulator(options: EmulatorOptions = {}): LocalEmulator {
  const { seed, keys = {}, localKey = true, profile, data, now } = options;
  const owners = { ...(localKey && { [LOCAL_KEY]: { email: LOCAL_OWNER } }), ...ownersOf(keys) };
  const start = (data === undefined ? undefined : readSaved(data)) ?? seed;
  const service = new Service(owners, start, now, profile === undefined ? {} : settingsOf(profile));
  const persistence =
    data === undefined ? undefined : new Persistence(data, () => JSON.stringify(exportState(service)));
  const app = createApp(service, persistence);
  return {
    fetch: (request, env) => app.fetch(request, env),
    add: (more) => service.add(more),
    state: () => structuredClone(exportState(service)),
    emails: () =>
      service.store.emails.map((email) => ({
        ...email,
        organizationUid: service.store.invitedTo.get(email.invitationUid) ?? "",
      })),
  };
}

const ownersSchema = z.record(
  z.string(),
  z.union([
    z.string().transform((address): KeyOwner => ({ email: address })),
    z.strictObject({ email: z.string(), scopes: scopes().optional() }),
  ]),
);

function ownersOf(keys: NonNullable<EmulatorOptions["keys"]>): Record<string, KeyOwner> {
  const parsed = ownersSchema.safeParse(keys);
  if (parsed.success) return parsed.data;
  throw new SeedError(`keys: ${problems(parsed.error)}`);
}

/** An emulator on 127.0.0.1; port 0, the default, takes a free one. */
export async function startEmulator({
  port = 0,
  ...options
}: EmulatorOptions & { port?: number } = {}): Promise<Emulator> {
  const { fetch } = createEmulator(options);
  const listening = await listen(fetch, port);
  const origin = `http://127.0.0.1:${listening.port}`;
  return { ...listening, url: origin + BASE, controlUrl: origin + CONTROL };
}

/** Where an emulator listens. */
export type Listening = Pick<Emulator, "port" | "close">;

/** Answers requests to a port of 127.0.0.1; port 0, the default, takes a free one. */
export async function listen(fetch: Fetch, port = 0): Promise<Listening> {
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

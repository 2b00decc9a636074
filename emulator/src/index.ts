import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { z } from "@hono/zod-openapi";
import { createApp } from "./app.js";
import { CONTROL } from "./control.js";
import { BASE } from "./operation.js";
import { email } from "./fields.js";
import { problems } from "./errors.js";
import { type Profile, settingsOf } from "./profile.js";
import { scopes } from "./scopes.js";
import type { Email } from "./model.js";
import { type Additions, type Seed, SeedError, type State } from "./seed.js";
import { exportState } from "./state.js";
import { type KeyOwner, LOCAL_KEY, LOCAL_OWNER, Service } from "./service.js";
import { StateFile } from "./stateFile.js";

export { type Additions, SeedError, type Seed, type State } from "./seed.js";
export { StartError, StateFileError } from "./errors.js";
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
   * the defaults, also after a reset; those of `seed` and of a kept state win over them.
   */
  profile?: Profile | undefined;
  /** Milliseconds since 1970, for a test that stops time. Default: the machine's clock. */
  now?: (() => number) | undefined;
}

export interface ListenOptions {
  /** Default 0: a free one. */
  port?: number | undefined;
  /** Address to listen on, default `127.0.0.1`. On `0.0.0.0`, everybody who reaches the machine can read and change everything. */
  host?: string | undefined;
}

export interface ServerOptions extends EmulatorOptions, ListenOptions {
  /**
   * File that keeps the state, closed to other users. Without it, the state is in memory. If it exists, it is used
   * instead of `seed`; a file that another emulator uses, or that an emulator has not written, is a StateFileError.
   */
  stateFile?: string | undefined;
}

export interface Emulator {
  /** Base URL of the API, without a trailing slash. */
  url: string;
  /** Base URL of the control interface, without a trailing slash. */
  controlUrl: string;
  port: number;
  /** Whether the state was in the file of `stateFile` already. */
  resumed: boolean;
  /** Everything now, in the shape of a seed. */
  state(): State;
  /** Stops listening, drops open connections, and leaves the file of `stateFile` to others. */
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
  const service = serviceOf(options);
  const app = createApp(service);
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

function serviceOf({ seed, keys = {}, localKey = true, profile, now }: EmulatorOptions): Service {
  const owners = { ...(localKey && { [LOCAL_KEY]: { email: LOCAL_OWNER } }), ...ownersOf(keys) };
  return new Service(owners, seed, now, profile === undefined ? {} : settingsOf(profile));
}

const ownerSchema = z.union([
  email().transform((address): KeyOwner => ({ email: address })),
  z.strictObject({ email: email(), scopes: scopes().optional() }),
]);

/** A fault names the number of the key: a key is not printed. */
function ownersOf(keys: NonNullable<EmulatorOptions["keys"]>): Record<string, KeyOwner> {
  const owners = Object.entries(keys).map(([key, owner], i) => {
    const parsed = ownerSchema.safeParse(owner);
    if (!parsed.success) throw new SeedError(`keys: ${i + 1}: ${problems(parsed.error)}`, "keys");
    return [key, parsed.data] as const;
  });
  return Object.fromEntries(owners);
}

/** An emulator that listens, on 127.0.0.1 and a free port by default. */
export async function startEmulator({ port, host, stateFile, ...options }: ServerOptions = {}): Promise<Emulator> {
  // Faults of the options come first: they are not faults of the file, which is not touched.
  const fresh = serviceOf(options);
  const file = stateFile === undefined ? undefined : StateFile.open(stateFile);
  try {
    const service = file?.saved === undefined ? fresh : resumed(options, file);
    return await serve(service, file, { port, host });
  } catch (error) {
    await file?.close();
    throw error;
  }
}

const resumed = (options: EmulatorOptions, file: StateFile): Service =>
  file.understand(() => serviceOf({ ...options, seed: file.saved as Seed }));

async function serve(service: Service, file: StateFile | undefined, at: ListenOptions): Promise<Emulator> {
  const state = () => exportState(service);
  const app = createApp(service, file && (() => file.keep(state)));
  const { port, close } = await listen((request, env) => app.fetch(request, env), at);
  try {
    // Content gets uids and times at the start: the next start finds the same.
    await file?.save(state);
  } catch (error) {
    await close();
    throw error;
  }
  const origin = `http://${at.host === "::1" ? "[::1]" : "127.0.0.1"}:${port}`;
  return {
    url: origin + BASE,
    controlUrl: origin + CONTROL,
    port,
    resumed: file?.saved !== undefined,
    state: () => structuredClone(state()),
    close: () => close().finally(() => file?.close()),
  };
}

type Listening = Pick<Emulator, "port" | "close">;

/** Answers requests to a port. */
export async function listen(fetch: Fetch, { port = 0, host = "127.0.0.1" }: ListenOptions = {}): Promise<Listening> {
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
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

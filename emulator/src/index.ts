import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { z } from "@hono/zod-openapi";
import { createApp } from "./app.js";
import { CONTROL } from "./control.js";
import { BASE } from "./operation.js";
import { problems } from "./errors.js";
import { Persistence, readSaved } from "./persistence.js";
import { scopes } from "./scopes.js";
import { type Seed, SeedError } from "./seed.js";
import { exportState } from "./state.js";
import { type KeyOwner, Service } from "./service.js";

export { SeedError, type Seed, type State } from "./seed.js";
export type { Fault } from "./faults.js";
export type { KeyOwner } from "./service.js";
export type { Settings } from "./settings.js";

export interface EmulatorOptions {
  /** The start; without it only the local owner and the keys are there. */
  seed?: Seed | undefined;
  /** Further API keys: the email address of the key's user, or that address with the scopes to which the key is restricted. They survive a reset. */
  keys?: Readonly<Record<string, string | KeyOwner>> | undefined;
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

/** An emulator without a socket: hand it requests. Throws SeedError when the start contradicts itself. */
export function createEmulator(options: EmulatorOptions = {}): {
  fetch(request: Request, env?: object): Response | Promise<Response>;
} {
  const { seed, keys = {}, data, now } = options;
  const service = new Service(ownersOf(keys), (data === undefined ? undefined : readSaved(data)) ?? seed, now);
  const persistence =
    data === undefined ? undefined : new Persistence(data, () => JSON.stringify(exportState(service)));
  const app = createApp(service, persistence);
  return { fetch: (request, env) => app.fetch(request, env) };
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
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  const origin = `http://127.0.0.1:${bound}`;
  return {
    url: origin + BASE,
    controlUrl: origin + CONTROL,
    port: bound,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

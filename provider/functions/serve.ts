import * as pulumi from "@pulumi/pulumi";
import { AvalaError, UnauthorizedError } from "../core/errors.js";
import { createClient, resolveClientSettings, type AvalaClient, type Lookup } from "../client/index.js";
import { isMock } from "../core/mocks.js";
import type { Provider } from "../resources/provider.js";
import { stripped } from "../core/text.js";
import { OrganizationNotFoundError, OrganizationVanishedError } from "../snapshot/index.js";
import type { Query } from "./query.js";
import { mocked } from "./mocks.js";
import { ArgumentError, Service } from "./service.js";

/** One client per key and deployment, so that all calls share one rate limiter. */
const clients = new Map<string, AvalaClient>();

/** Executes one call of a function. An error that it throws prints only its message, and has the error's `code`. */
export async function serve<Args, Result>(query: Query<Args, Result>, args: Args, provider: Provider | undefined) {
  let client: AvalaClient | undefined;
  try {
    requirePlain(args);
    if (isMock(pulumi.runtime.getMonitor())) return await mocked(query, args, provider);
    client = clientOf(await configuration(provider));
    return await query.read(new Service(client), args);
  } catch (error) {
    // A client whose key was refused sends no more requests. The next call of a program that continues gets a new
    // client.
    if (error instanceof UnauthorizedError) forget(client);
    throw presented(error);
  }
}

/** The configuration of the stack or of an explicit provider. */
async function configuration(provider: Provider | undefined): Promise<Lookup> {
  if (provider === undefined) {
    const config = new pulumi.Config("avala");
    return (key) => config.get(key.replace(/^avala:/, ""));
  }
  const settings = provider.__settings as unknown as SettingsInternals | undefined;
  if (settings === undefined) throw new ArgumentError("The option provider is not a Provider of pulumi-avala.");
  if (!(await settings.isKnown)) {
    throw new ArgumentError("The provider's key or base URL is unknown until the next update: use the Output form.");
  }
  const known = await settings.promise();
  return (key) => known[key];
}

interface SettingsInternals {
  isKnown: Promise<boolean>;
  promise(): Promise<Record<string, string | undefined>>;
}

function clientOf(config: Lookup): AvalaClient {
  const settings = resolveClientSettings((name) => process.env[name], config);
  const key = JSON.stringify(settings);
  const client =
    clients.get(key) ??
    createClient({ ...settings, shareReads: false, onWait: reportWait, onRetry: report, onAttempt: report });
  clients.set(key, client);
  return client;
}

function forget(client: AvalaClient | undefined): void {
  for (const [key, known] of clients) if (known === client) clients.delete(key);
}

function reportWait({ waiting, seconds }: { waiting: number; seconds: number }): void {
  const text = `Rate limit of Avala: ${waiting} ${waiting === 1 ? "request is" : "requests are"} waiting, for about ${seconds} s.`;
  report(text);
}

function report(line: string): void {
  void pulumi.log.info(stripped(line));
}

function requirePlain(args: unknown): void {
  for (const [name, value] of Object.entries(args ?? {})) {
    if (!pulumi.Output.isInstance(value) && !pulumi.Resource.isInstance(value)) continue;
    throw new ArgumentError(`${name} is an output or a resource, which only the Output form of the function accepts.`);
  }
}

/** An expected error in the form in which the program gets it, and the user if the program does not catch it. */
function presented(error: unknown): unknown {
  if (error instanceof OrganizationVanishedError) {
    return presented(new OrganizationNotFoundError(error.organizationUid));
  }
  if (!(error instanceof AvalaError)) return error;
  const message = stripped(`${error.message} [${error.code}]`);
  // Without stack frames: Pulumi does not show them, but can need many seconds to colour them.
  return Object.assign(new pulumi.RunError(message), { code: error.code, stack: message });
}

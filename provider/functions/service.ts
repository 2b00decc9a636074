import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { AvalaError, NotFoundError, UnauthorizedError } from "../core/errors.js";
import {
  createClient,
  resolveClientSettings,
  type AvalaClient,
  type Identified,
  type Lookup,
  type Team,
} from "../client/index.js";
import { isMock } from "../core/mocks.js";
import type { Provider } from "../resources/provider.js";
import { joinId, splitId } from "../core/identity.js";
import { quoted, stripped } from "../core/text.js";
import { nonEmptyText, organizationReference, teamReference } from "../schema/shapes.js";
import {
  OrganizationNotFoundError,
  OrganizationVanishedError,
  Snapshot,
  type OrganizationView,
  type TeamView,
} from "../snapshot/index.js";
import type { Query } from "./ask.js";
import { mocked } from "./mocks.js";

/** One for each key and deployment: a limiter of its own for each call would not know of the others. */
const clients = new Map<string, AvalaClient>();

/** Answers one call of a function. What it throws prints as its message alone, and carries the error's `code`. */
export async function serve<Args, Result>(query: Query<Args, Result>, args: Args, provider: Provider | undefined) {
  let client: AvalaClient | undefined;
  try {
    requirePlain(args);
    if (isMock(pulumi.runtime.getMonitor())) return await mocked(query, args, provider);
    client = clientOf(await configuration(provider));
    return await query.read(new Service(client), args);
  } catch (error) {
    // A client whose key was refused sends nothing more; a program may live longer than that.
    if (error instanceof UnauthorizedError) forget(client);
    throw presented(error);
  }
}

/** What functions ask. It lives for one call, so that nothing is answered from before. */
export class Service {
  readonly client: AvalaClient;
  readonly #snapshot: Snapshot;

  constructor(client: AvalaClient) {
    this.client = client;
    this.#snapshot = new Snapshot(client);
  }

  organizations() {
    return this.#snapshot.organizations();
  }

  /** An organization by uid or slug. */
  async organization(reference: unknown): Promise<OrganizationView> {
    return this.#snapshot.organization(argument("organization", organizationReference(), reference));
  }

  /** What a team is, by id, or by slug or name in its organization. */
  async teamRow(args: TeamArguments): Promise<Identified<Team> & { id: string }> {
    requireOneName(args);
    const { organization, slug } = args;
    if (slug === undefined) {
      const team = await this.team(args);
      return { id: joinId(team.organization.uid, team.uid), ...(await team.row()) };
    }
    const view = await this.organization(organization);
    const text = argument("slug", nonEmptyText(255), slug);
    const row = await view
      .at((place) => this.client.teams.get(place, text))
      .catch((error: unknown) => {
        throw error instanceof NotFoundError ? noTeam(view, `of the slug ${quoted(text)}`) : error;
      });
    return { id: joinId(view.uid, row.uid), ...row };
  }

  /** A team by id, or by slug or name in its organization. */
  async team(args: TeamArguments): Promise<TeamView> {
    requireOneName(args);
    const { team, organization, slug, name } = args;
    const given = Object.entries({ slug, name }).filter(([, value]) => value !== undefined);
    if (team !== undefined) return this.#teamById(argument("team", teamReference(), team));
    const [key, value] = given[0] as ["slug" | "name", unknown];
    const text = argument(key, nonEmptyText(255), value);
    const view = await this.organization(organization);
    const found = [...(await view.teams.get()).values()].filter((row) => row[key] === text);
    if (found.length > 1) throw new TeamNotFoundError(`There are ${found.length} teams of the ${key} ${quoted(text)}.`);
    return this.#teamOf(view, found[0]?.uid, `of the ${key} ${quoted(text)}`);
  }

  async #teamById(id: string): Promise<TeamView> {
    const [organization, team] = splitId(id, 2) as [string, string];
    return this.#teamOf(await this.organization(organization), team, team);
  }

  async #teamOf(organization: OrganizationView, uid: string | undefined, which: string): Promise<TeamView> {
    const team = uid === undefined ? undefined : await organization.team(uid);
    if (team) return team;
    throw noTeam(organization, which);
  }
}

type TeamArguments = { team?: unknown; organization?: unknown; slug?: unknown; name?: unknown };

function requireOneName({ team, organization, slug, name }: TeamArguments): void {
  const given = [team, slug, name].filter((value) => value !== undefined);
  if (given.length === 1 && (team === undefined || organization === undefined)) return;
  throw new ArgumentError("The team is named by team alone, or by organization with either slug or name.");
}

function noTeam(organization: OrganizationView, which: string): TeamNotFoundError {
  return new TeamNotFoundError(`Organization ${quoted(organization.slug)} has no team ${which}.`);
}

/** The stack's configuration, or what an explicit provider holds in its place. */
async function configuration(provider: Provider | undefined): Promise<Lookup> {
  if (provider === undefined) {
    const config = new pulumi.Config("avala");
    return (key) => config.get(key.replace(/^avala:/, ""));
  }
  const settings = provider.__settings as unknown as SettingsInternals | undefined;
  if (settings === undefined) throw new ArgumentError("The given provider is not a Provider of pulumi-avala.");
  if (!(await settings.isKnown)) {
    throw new ArgumentError("The provider's key or base URL is not known before the next update: use the Output form.");
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
  const client = clients.get(key) ?? createClient({ ...settings, shareReads: false, onWait: tellWait });
  clients.set(key, client);
  return client;
}

function forget(client: AvalaClient | undefined): void {
  for (const [key, known] of clients) if (known === client) clients.delete(key);
}

function tellWait({ waiting, seconds }: { waiting: number; seconds: number }): void {
  const text = `Avala allows only so many requests a minute: ${waiting} are waiting, for about ${seconds} s.`;
  void pulumi.log.info(text);
}

function requirePlain(args: unknown): void {
  for (const [name, value] of Object.entries(args ?? {})) {
    if (!pulumi.Output.isInstance(value) && !pulumi.Resource.isInstance(value)) continue;
    throw new ArgumentError(`${name} is an output or a resource, which only the Output form of the function takes.`);
  }
}

/** A checked argument. */
function argument<T>(name: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ArgumentError(`${name} ${result.error.issues[0]?.message}.`);
}

/** A function was called with what cannot be right. */
class ArgumentError extends AvalaError {
  readonly code = "AVALA_ARGUMENT";

  constructor(what: string) {
    super(what, "Correct the call.");
  }
}

/** The organization is there, and no team of it, or more than one, is meant. */
class TeamNotFoundError extends AvalaError {
  readonly code = "AVALA_TEAM_NOT_FOUND";

  constructor(what: string) {
    super(what, "Check the spelling, or name the team by its id.");
  }
}

/** What the program, and where it does not catch it the user, sees of an expected error. */
function presented(error: unknown): unknown {
  if (error instanceof OrganizationVanishedError) {
    return presented(new OrganizationNotFoundError(error.organizationUid));
  }
  if (!(error instanceof AvalaError)) return error;
  const message = stripped(`${error.message} [${error.code}]`);
  // Without the frames of a stack: Pulumi does not show them, but it can take many seconds to colour them.
  return Object.assign(new pulumi.RunError(message), { code: error.code, stack: message });
}

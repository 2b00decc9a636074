import type { z } from "zod";
import { AvalaError, NotFoundError } from "../core/errors.js";
import { type AvalaClient, type Identified, type Team } from "../client/index.js";
import { joinId, splitId } from "../core/identity.js";
import { quoted } from "../core/text.js";
import { nonEmptyText, organizationReference, teamReference } from "../schema/shapes.js";
import { Snapshot, type OrganizationView, type TeamView } from "../snapshot/index.js";

/** Reads for functions. It exists for one call, so that no result is cached. */
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

  /** The fields of a team, by id, or by slug or name in its organization. */
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
      .withSlug((organization) => this.client.teams.get(organization, text))
      .catch((error: unknown) => {
        throw error instanceof NotFoundError ? noTeam(view, `with the slug ${quoted(text)}`) : error;
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
    if (found.length > 1) throw new TeamNotFoundError(`${found.length} teams have the ${key} ${quoted(text)}.`);
    return this.#teamOf(view, found[0]?.uid, `with the ${key} ${quoted(text)}`);
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
  throw new ArgumentError("Pass either team, or organization with one of slug and name.");
}

function noTeam(organization: OrganizationView, which: string): TeamNotFoundError {
  return new TeamNotFoundError(`Organization ${quoted(organization.slug)} has no team ${which}.`);
}

/** A checked argument. */
function argument<T>(name: string, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ArgumentError(`${name} ${result.error.issues[0]?.message}.`);
}

/** A function was called with invalid arguments. */
export class ArgumentError extends AvalaError {
  readonly code = "AVALA_ARGUMENT";

  constructor(what: string) {
    super(what, "Correct the call.");
  }
}

/** The organization exists, but none of its teams matches, or more than one does. */
class TeamNotFoundError extends AvalaError {
  readonly code = "AVALA_TEAM_NOT_FOUND";

  constructor(what: string) {
    super(what, "Check the spelling, or pass the id of the team.");
  }
}

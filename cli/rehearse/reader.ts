import {
  type AvalaClient,
  type ClientSettings,
  createClient,
  type Identified,
  type Invitation,
  type Member,
  type Organization,
  type Team,
  type TeamMember,
} from "../../provider/client/index.js";
import { AvalaError, ForbiddenError, UnauthorizedError } from "../../provider/core/errors.js";
import { printable } from "../../provider/core/text.js";
import { Snapshot } from "../../provider/snapshot/index.js";
import type { Credential } from "./credentials.js";

export type OrganizationRow = Identified<Organization>;

/** What a key sees of an organization. */
export interface Inside {
  detail: OrganizationRow;
  members: Member[];
  /** Undefined where the key may not see them. */
  invitations: Invitation[] | undefined;
  teams: { team: Identified<Team>; members: TeamMember[] }[];
}

/** Called before each request that is sent, and when many of them have to wait; and what is reported of them. */
export type Watch = Required<Pick<ClientSettings, "beforeRequest" | "onWait">> & Reports;
export type Reports = Pick<ClientSettings, "onAttempt" | "onRetry" | "mostFirstTries">;

/** One credential at the living service: what its key sees. It sends reads only. */
export class Reader {
  /** Where the credential comes from, for messages. */
  readonly shown: string;
  readonly client: AvalaClient;
  /**
   * Organizations that the key has seen at the start, by uid, in the order of the list; those that are not active are
   * among them.
   */
  rows: ReadonlyMap<string, OrganizationRow> = new Map();
  /** Uid of the key's user, if it is known. */
  user: string | undefined;
  /** Whether the service itself says who the user is. */
  isUserTold = false;
  /**
   * Empty if the key may not read organizations. Otherwise it may write in the copy as far as its user may: pull requests
   * are rehearsed with a key that may only read.
   */
  scopes: [] | undefined;
  isRevoked = false;
  /** Why nothing can be read with the key: what the run does with it is not known. */
  failure: AvalaError | undefined;
  readonly #snapshot: Snapshot;
  readonly #notes: Set<string>;

  constructor({ settings, sources }: Credential, notes: Set<string>, watch: Watch) {
    this.shown = printable(sources.join(", "), 200);
    this.#notes = notes;
    this.client = createClient({ ...settings.client, ...watch, readOnly: true });
    const { organizations } = this.client;
    // The snapshot leaves out organizations that are not active; the copy has them, too.
    const list = async () => {
      const rows = await organizations.list();
      if (this.rows.size === 0) this.rows = new Map(rows.map((row) => [row.uid, row]));
      return rows.map((row) => ({ ...row, isActive: true }));
    };
    this.#snapshot = new Snapshot({ ...this.client, organizations: { ...organizations, list } });
  }

  /**
   * Reads what belongs to the key itself: its organizations and its user. A failure is recorded: a provider that only the
   * state names may belong to a deployment that is gone, and matters only to a run that uses it.
   */
  async look(): Promise<void> {
    try {
      await this.#list();
      this.user = this.isRevoked ? undefined : await this.#snapshot.ownUser();
      this.isUserTold = this.user !== undefined;
    } catch (error) {
      if (!(error instanceof AvalaError)) throw error;
      this.rows = new Map();
      this.failure = error;
      this.#notes.add(
        `Nothing can be read with the key of ${this.shown}, so the copy refuses every request with it: ${error.message}`,
      );
    }
  }

  async #list(): Promise<void> {
    try {
      await this.#snapshot.organizations();
    } catch (error) {
      if (error instanceof UnauthorizedError) return this.#revoked();
      if (!(error instanceof ForbiddenError)) throw error;
      this.scopes = [];
      this.#notes.add(`The key of ${this.shown} may not read organizations.`);
    }
  }

  /** The organization with everything in it, each list once. */
  async read(uid: string): Promise<Inside> {
    const view = await this.#snapshot.organization(uid);
    const [detail, members, invitations, teams] = await Promise.all([
      view.detail(),
      view.members.get(),
      view.invitations.get().catch(unlessForbidden),
      view.teams.get(),
    ]);
    return {
      detail,
      members: [...members.values()],
      invitations: invitations && [...invitations.values()],
      teams: await Promise.all(
        [...teams.values()].map(async (team) => {
          const rows = await (await view.team(team.uid))!.members.get();
          return { team, members: [...rows.values()] };
        }),
      ),
    };
  }

  /** The members as this key sees them. */
  async members(uid: string): Promise<Member[]> {
    return [...(await (await this.#snapshot.organization(uid)).members.get()).values()];
  }

  #revoked(): void {
    this.isRevoked = true;
    this.#notes.add(`Avala does not accept the key of ${this.shown}; nor does the copy.`);
  }
}

function unlessForbidden(error: unknown): undefined {
  if (error instanceof ForbiddenError) return undefined;
  throw error;
}

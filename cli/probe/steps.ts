import { randomBytes } from "node:crypto";
import type { ListEvidence, Presence, Writes } from "./evidence.js";
import { isRefusal, type Invitations } from "./invitations.js";
import { isSegment, type OwnOrganization } from "./ownOrganization.js";
import { lagUntil, type Time } from "./polling.js";
import { rowsOf } from "./pages.js";
import { objectIn, succeeded, type Reply, type Row } from "./reply.js";

/** The steps end here: the organization was not found, or no further request can be sent. */
export class StepsEnd extends Error {}

export interface StepTools {
  own: OwnOrganization;
  invitations: Invitations;
  /** Is filled as answers arrive. */
  writes: Writes;
  time: Time;
  /** Aborted when the user wants to stop. */
  signal: AbortSignal;
}

/** Empty values of the fields that have one (empty-values-differ). */
export const emptyValues = { description: "", website: "", email: "", phone: "", handle: null } as const;

/** A field that the API does not have. */
export const unknownField = "pulumi_avala_probe";

const DESCRIPTION = "Created by pulumi-avala probe, which deletes it again.";
/** Colors in which upper and lower case can be told apart. */
const TEAM = { name: "Probe team", description: "Created by pulumi-avala probe", color: "#aBcDeF" };

/** Carries out the steps of the contract on the probe's own organization, in a fixed order. */
export class Steps {
  /** Milliseconds after which a read shows a write. */
  lagMs = 0;

  constructor(private readonly tools: StepTools) {}

  /** @throws StepsEnd, or the reason of the signal; what was seen until then is in `writes` */
  async run(): Promise<void> {
    await this.#create();
    await this.#changeFields();
    await this.#clearFields();
    await this.#editSlug();
    await this.#createTeams();
    await this.#addPeople();
    await this.#removePeople();
    await this.#deleteTeam();
  }

  async #create(): Promise<void> {
    const { own, writes, time, signal } = this.tools;
    writes.created = await own.create(DESCRIPTION);
    if (isRefusal(writes.created)) throw new StepsEnd();
    const since = time.now();
    const lag = await lagUntil(time, since, async () => isThere(await own.look(false)), signal);
    if (!lag) throw new StepsEnd();
    this.lagMs = lag.atMost;
    writes.fresh = own.detail!;
  }

  async #changeFields(): Promise<void> {
    const { own, writes } = this.tools;
    const contents = {
      description: "A description",
      website: "https://example.com/probe",
      email: "probe@example.com",
      phone: "+1 202 555 0143",
      handle: `probe_${own.mark}`,
    };
    writes.filled = await own.write("PATCH", "", { body: contents });
    writes.changed = await own.write("PATCH", "", { body: { description: "Another description" } });
    writes.unknownField = await own.write("PATCH", "", { body: { [unknownField]: "unknown" } });
    writes.badVisibility = await own.write("PATCH", "", { body: { visibility: "nobody" } });
    writes.hyphenHandle = await own.write("PATCH", "", { body: { handle: `probe-${own.mark}` } });
    await this.#settle();
    writes.patched = await this.#foundAgain();
  }

  async #clearFields(): Promise<void> {
    const { own, writes } = this.tools;
    for (const [field, empty] of Object.entries(emptyValues)) {
      writes.cleared = { ...writes.cleared, [field]: await own.write("PATCH", "", { body: { [field]: empty } }) };
    }
    writes.renamed = await own.write("PATCH", "", { body: { name: `${own.name} renamed` } });
    own.mayHaveMoved(objectIn(writes.renamed)?.["slug"]);
    await this.#settle();
    writes.emptied = await this.#foundAgain();
  }

  /** One edit at most: an organization has only a few. */
  async #editSlug(): Promise<void> {
    const { own, writes } = this.tools;
    const before = own.slug!;
    if (objectIn(writes.emptied)?.["slug_edits_remaining"] === 0) return;
    const slug = `probe-${own.mark}`;
    writes.slugEdited = await own.write("PATCH", "", { body: { slug } });
    own.mayHaveMoved(slug);
    await this.#settle();
    const now = await this.#foundAgain();
    if (own.slug !== before) writes.newSlug = now;
    writes.oldSlug = await own.getAt(before);
  }

  async #createTeams(): Promise<void> {
    const { own, writes, time, signal } = this.tools;
    const headers = { "idempotency-key": randomBytes(16).toString("hex") };
    writes.team = await own.write("POST", "teams/", { body: TEAM, headers });
    const since = time.now();
    const shown = async () => {
      writes.teams = await own.listBelow("teams/");
      return (rowsOf(writes.teams) ?? []).length > 0;
    };
    if (succeeded(writes.team)) writes.lag = (await lagUntil(time, since, shown, signal)) ?? "never";
    if (writes.lag && writes.lag !== "never") this.lagMs = Math.max(this.lagMs, writes.lag.atMost);
    writes.teamAgain = await own.write("POST", "teams/", { body: TEAM, headers });
    writes.teamSameName = await own.write("POST", "teams/", { body: TEAM });
    await this.#settle();
    writes.teams = await own.listBelow("teams/");
    writes.counted = await this.#foundAgain();
  }

  async #addPeople(): Promise<void> {
    const { own, writes, invitations } = this.tools;
    writes.members = await own.listBelow("members/");
    // Without content: an operation that does exist has nothing to carry out.
    writes.memberCreated = await own.write("POST", "members/", { body: {} });
    const { people: team } = this.#teams();
    const user = ownUser(writes.members);
    if (team) writes.newTeam = await own.listBelow(`${team}members/`);
    if (team && user !== undefined) {
      const body = { user_uid: user, role: "member" };
      const joined = (rowsOf(writes.newTeam!) ?? []).some((row) => row["user_uid"] === user);
      if (joined) writes.creatorRemoved = await own.write("DELETE", `${team}members/${user}/`);
      writes.added = await own.write("POST", `${team}members/`, { body });
      writes.addedAgain = await own.write("POST", `${team}members/`, { body });
      writes.promoted = await own.write("PATCH", `${team}members/${user}/role/`, { body: { role: "lead" } });
    }
    await invitations.send(writes);
    if (!team && !writes.invited) return;
    await this.#settle();
    if (writes.promoted) writes.teamMembers = await own.listBelow(`${team}members/`);
    if (writes.invited) writes.invitations = await invitations.list();
  }

  async #removePeople(): Promise<void> {
    const { own, writes, invitations } = this.tools;
    const { renamed, people: team } = this.#teams();
    const user = ownUser(writes.members);
    if (writes.promoted && user !== undefined) {
      writes.memberRemoved = await own.write("DELETE", `${team}members/${user}/`);
    }
    if (renamed) writes.teamRenamed = await own.write("PATCH", renamed, { body: { name: `${TEAM.name} renamed` } });
    await invitations.change(writes);
    if (!renamed && !writes.invited) return;
    await this.#settle();
    if (renamed) writes.teamsAfterRename = await own.listBelow("teams/");
    if (writes.invited) writes.invitationsAfter = await invitations.list();
  }

  /** One team stays, for the deletion of the organization. */
  async #deleteTeam(): Promise<void> {
    const { own, writes } = this.tools;
    const { deleted: team } = this.#teams();
    if (!team) return;
    writes.teamDeleted = await own.write("DELETE", team);
    await this.#settle();
    writes.deletedTeam = await own.get(team);
    writes.teamDeletedAgain = await own.write("DELETE", team);
  }

  /** Paths of the teams, below the organization. */
  #teams(): Record<"renamed" | "people" | "deleted", string | undefined> {
    const { teams } = this.tools.writes;
    const slugs = ((teams && rowsOf(teams)) ?? []).map((row) => row["slug"]).filter(isSegment);
    const [first, second, third] = slugs.map((slug) => `teams/${slug}/`);
    return { renamed: first, people: second ?? first, deleted: third ?? second };
  }

  /** The detail, by a slug that leads to the organization. */
  async #foundAgain(): Promise<Reply> {
    const { own, time, signal } = this.tools;
    const lag = await lagUntil(time, time.now(), async () => isThere(await own.look()), signal);
    if (!lag) throw new StepsEnd();
    return own.detail!;
  }

  /** Waits until a read shows what has been written. */
  async #settle(): Promise<void> {
    const { time, signal } = this.tools;
    if (this.lagMs > 0) await time.wait(this.lagMs, signal);
    signal.throwIfAborted();
  }
}

const isThere = (presence: Presence): boolean => presence === "active";

/** The only member of a new organization: the API key's user. */
function ownUser(members: ListEvidence | undefined): string | undefined {
  const rows: Row[] = (members && rowsOf(members)) ?? [];
  const uid = rows.length === 1 ? rows[0]!["user_uid"] : undefined;
  return isSegment(uid) ? uid : undefined;
}

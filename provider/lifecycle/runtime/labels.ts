/**
 * Which person an address has meant, as far as states say that this run has met. Whoever is declared by an address that
 * was a member's before, and is nobody's now, is not to be invited there: it may be the member who is meant.
 */
export class Labels {
  readonly #uids = new Map<string, Set<string>>();
  readonly #unsettled = new Set<string>();
  readonly #teams = new Map<string, Set<string>>();

  learn(organizationUid: string, email: unknown, userUid: unknown): void {
    if (typeof email !== "string" || typeof userUid !== "string") return;
    const key = `${organizationUid} ${email}`;
    this.#uids.set(key, (this.#uids.get(key) ?? new Set()).add(userUid));
  }

  /** Uids of those whom the address has meant. */
  uidsOf(organizationUid: string, email: string): string[] {
    return [...(this.#uids.get(`${organizationUid} ${email}`) ?? [])];
  }

  /** Notes that somebody is recorded as a member of a team: they leave it with their membership of the organization. */
  learnTeam(organizationUid: string, userUid: unknown, teamId: string): void {
    if (typeof userUid !== "string") return;
    const key = `${organizationUid} ${userUid}`;
    this.#teams.set(key, (this.#teams.get(key) ?? new Set()).add(teamId));
  }

  /** Ids of the teams in which states record somebody. */
  teamsOf(organizationUid: string, userUid: string): string[] {
    return [...(this.#teams.get(`${organizationUid} ${userUid}`) ?? [])];
  }

  /** Notes that somebody is declared and is not recorded as a member: their team memberships may have ended. */
  noteUnsettled(organizationUid: string, names: readonly string[]): void {
    for (const name of names) this.#unsettled.add(`${organizationUid} ${name}`);
  }

  isUnsettled(organizationUid: string, names: readonly (string | undefined)[]): boolean {
    return names.some((name) => name !== undefined && this.#unsettled.has(`${organizationUid} ${name}`));
  }
}

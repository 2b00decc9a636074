/**
 * The recorded uids of people by email address, from the states that this run has read. An address that a member had
 * before, and that nobody has now, must not be invited: the program may mean this member.
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

  /** Recorded uids of the people declared by an address. */
  uidsOf(organizationUid: string, email: string): string[] {
    return [...(this.#uids.get(`${organizationUid} ${email}`) ?? [])];
  }

  /**
   * Records that a person is in a team according to the state: removing them from the organization ends this membership
   * too.
   */
  learnTeam(organizationUid: string, userUid: unknown, teamId: string): void {
    if (typeof userUid !== "string") return;
    const key = `${organizationUid} ${userUid}`;
    this.#teams.set(key, (this.#teams.get(key) ?? new Set()).add(teamId));
  }

  /** Ids of the teams that a person is in according to the state. */
  teamsOf(organizationUid: string, userUid: string): string[] {
    return [...(this.#teams.get(`${organizationUid} ${userUid}`) ?? [])];
  }

  /** Records that a declared person is not a member according to the state: their team memberships may have ended. */
  noteUnsettled(organizationUid: string, names: readonly string[]): void {
    for (const name of names) this.#unsettled.add(`${organizationUid} ${name}`);
  }

  isUnsettled(organizationUid: string, names: readonly (string | undefined)[]): boolean {
    return names.some((name) => name !== undefined && this.#unsettled.has(`${organizationUid} ${name}`));
  }
}

import { s, uids } from "../support.js";
import type { Measured } from "../support.js";

/** The code of the error that ended a run: "AVALA_GUARD". Errors of a run that continues count as one. */
export function codeOf(error: Error | undefined): string | undefined {
  return error && (/\[(AVALA_\w+)\]/.exec(error.message)?.[1] ?? error.message);
}

/** The result of a run that changes nothing at all. */
export const untouched = { error: undefined, writes: [], emails: [] };

/** The refusal of a run: its code, and the writes and emails that were sent. */
export const refusal = (run: Measured) => ({ code: codeOf(run.error), writes: run.writes, emails: run.emails });

/** A refusal before anything is sent. */
export const refusedWith = (code: string) => ({ code, writes: [], emails: [] });

/** Role of a person in Acme, by uid. */
export async function roleOf(userUid: string): Promise<string | undefined> {
  const { people } = await s.emulator.state();
  const email = people.find(({ uid }) => uid === userUid)?.email;
  return (await s.organizationNow()).members.find((row) => row.email === email)?.role;
}

/** Role of a person in a team of Acme, by uid. */
export async function teamRoleOf(userUid: string, teamUid = uids.core): Promise<string | undefined> {
  const { people } = await s.emulator.state();
  const email = people.find(({ uid }) => uid === userUid)?.email;
  return (await s.teamNow(teamUid)).members.find((row) => row.email === email)?.role;
}

/** Addresses whose invitation into Acme is pending. */
export async function pendingNow(): Promise<string[]> {
  const { invitations } = await s.organizationNow();
  return invitations.filter(({ status }) => status === "pending").map(({ email }) => email);
}

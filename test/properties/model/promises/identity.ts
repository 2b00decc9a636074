import { isDeepStrictEqual } from "node:util";
import type { Recorded } from "../../../support/stack.js";
import { learntUid, refreshed, sameText } from "../resolved.js";
import { hold, type Observed } from "../observed.js";
import { lower, rosterLines, uidOf } from "../service.js";

/**
 * A declaration identifies one person for its whole life: a record learns the uid of the person with the declared address,
 * and from then on no address changes it. The other promises rely on recorded uids because of this one. (If reads lag, an
 * address is still shown for its former owner.)
 */
export function standsForOnePerson(run: Observed): void {
  const broken = [...run.recordsNow].flatMap(([name, now]) => {
    const was = run.records.get(name);
    const others = now.kind === "teamRoster" ? strangeLines(run, was, now) : strangeUids(run, was, now);
    return others.map((what) => `${name}: ${what}`);
  });
  hold("A declaration stands for one person", broken);
}

function strangeUids(run: Observed, was: Recorded | undefined, now: Recorded): string[] {
  const { user, email, userUid } = now.outputs as Record<string, string | undefined>;
  const before = was && was.kind === now.kind && was.id === now.id && sameText(was, now.outputs) ? was : undefined;
  const known = before && learntUid(before);
  if (known !== undefined && userUid !== known) {
    return now.outputs["status"] === "invited" && userUid === undefined
      ? []
      : [`stood for ${known}, and stands for ${userUid}`];
  }
  if (userUid === undefined || known !== undefined || userUid === before?.outputs["userUid"]) return [];
  const right = user ?? holders(run, email);
  return right.includes(userUid) ? [] : [`${user ?? email} is not ${userUid}`];
}

function strangeLines(run: Observed, was: Recorded | undefined, now: Recorded): string[] {
  // A refresh that fails, because addresses are hidden for example, leaves the record as it was.
  const unread = run.error !== undefined && isDeepStrictEqual(was?.outputs, now.outputs);
  const known = rosterLines((run.looks && !unread ? refreshed(was, run.before) : was)?.outputs["__known"]);
  return [...rosterLines(now.outputs["__known"])].flatMap(([who, uid]) => {
    const right = known.has(who) ? [known.get(who)!] : [...holders(run, who), who];
    return right.includes(uid) ? [] : [`${who} is not ${uid}`];
  });
}

/** The owner of the address, before or after the run; if reads lag, also its former owner. */
function holders({ before, after, stale, formerly }: Observed, email: string | undefined): string[] {
  if (email === undefined) return [];
  const now = [before, after].flatMap((service) => uidOf(service, email) ?? []);
  return [...now, ...(stale ? (formerly.get(lower(email)) ?? []) : [])];
}

import { batches, beforeCommands, type Case } from "../lifecycle/person/observe.js";
import { declarations, situations, table, type Situation } from "../lifecycle/person/table.js";
import { Desk } from "../support/commandLine.js";
import { Exported } from "../support/exported.js";
import { drifted, type Report } from "./drifted.js";

jest.setTimeout(120_000);

/** Situations that arise after the last run. */
const later: Situation[] = ["expired", "accepted", "gone", "removed", "left", "emailChanged", "hiddenSince"];
const chosen = batches.filter((batch) => batch.some((situation) => later.includes(situation)));
const found = new Map<string, string[]>();
/** Calls of each batch. */
const calls: string[][] = [];

beforeAll(async () => {
  const desk = new Desk();
  for (const batch of chosen) {
    await beforeCommands(batch, async (emulator, stacks) => {
      desk.environment = { ...emulator.environment(), AVALA_READ_ONLY: "1" };
      await emulator.clearLog();
      const report = await drifted(desk, new Exported(...stacks.values()));
      calls.push(await emulator.calls());
      for (const row of stacks.keys()) found.set(`${row.situation} ${row.declaration}`, reported(row, report));
    });
  }
  desk.close();
});

/** All findings and notices about the row's organization; the person is called sam. */
function reported({ organizationUid, email }: Case, { findings, notices }: Report): string[] {
  const here = <T extends { organization: { uid: string } }>(one: T) => one.organization.uid === organizationUid;
  const names = new Set([email, email.replace("@", "@elsewhere.")]);
  const nameOf = ({ person: who }: { person?: { email?: string; username?: string } }) =>
    who?.email === undefined ? who?.username : names.has(who.email) ? "sam" : who.email.split("@")[0];
  return [
    ...findings.filter(here).map((one) => `${one.kind} ${one.subject} ${nameOf(one)}`),
    ...notices.filter(here as never).map((one) => `notice ${nameOf(one)}`),
  ].toSorted();
}

/** What has become of a pending team membership: nobody can accept an invitation that has expired. */
const ofWaiting: Partial<Record<Situation, string>> = { accepted: "ready", expired: "expired" };

/** The expected findings follow from what a refresh records. */
function expected(situation: Situation, declaration: keyof typeof declarations): string[] {
  const [, text] = /state: ([\w+]+)/.exec(table[situation][declaration].refresh) ?? [];
  // Resources removed from the program are still in the state, because no run has deleted them.
  const statuses = (text ?? (declaration === "withdrawn" ? statusesOf(situation, "member") : "")).split("+");
  const isPlace = (index: number) => declaration.startsWith("team") || index === 1;
  const own = statuses.flatMap((status, index) => {
    const kind = status === "active" ? (situation === "accepted" ? "ready" : undefined) : status;
    const next = kind === "waiting" ? (ofWaiting[situation] ?? kind) : kind;
    return next ? [`${next} ${isPlace(index) ? "teamMembership" : "person"} sam`] : [];
  });
  const people = ["withdrawn", "member", "admin", "memberAndLead"].includes(declaration);
  const team = declaration.startsWith("team") || declaration === "memberAndLead";
  return [
    ...own,
    ...(people ? ["ada", "lee", "mia"].map((name) => `unmanaged person ${name}`) : []),
    ...(people ? ["notice owner"] : []),
    ...(team ? ["unmanaged teamMembership lee"] : []),
  ].toSorted();
}

const statusesOf = (situation: Situation, declaration: keyof typeof declarations): string =>
  /state: ([\w+]+)/.exec(table[situation][declaration].refresh)![1]!;

describe.each(chosen.flat().map((situation) => ({ situation, title: situations[situation] })))(
  "$title",
  ({ situation }) => {
    it.each(Object.keys(declarations) as (keyof typeof declarations)[])(
      "is reported as a refresh would record it: %s",
      (declaration) => {
        expect(found.get(`${situation} ${declaration}`)).toEqual(expected(situation, declaration));
      },
    );
  },
);

it("covers every situation that arises after a run", () => {
  expect(chosen.flat().toSorted()).toEqual(later.toSorted());
});

it("is found by reads only, each sent once", () => {
  for (const made of calls) {
    expect(made.filter((call) => !call.startsWith("GET "))).toEqual([]);
    expect(made.toSorted()).toEqual([...new Set(made)].toSorted());
  }
});

import type { Seed } from "../../emulator/src/index.js";
import { office } from "./support.js";

/* `access` on the largest organization that the documents name: 1,000 people in 100 teams. */

const createdAt = "2026-01-05T10:00:00.000Z";
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at);
const email = (at: number) => (at === 0 ? "owner@example.com" : `person${at}@example.com`);
const [people, teams, each] = [1000, 100, 50];

const seed = (): Seed => ({
  people: upTo(people).map((at) => ({ email: email(at) })),
  keys: [{ key: "avk_local", email: email(0) }],
  organizations: [
    {
      name: "Large",
      slug: "large",
      createdAt,
      members: upTo(people).map((at) => ({ email: email(at), role: at === 0 ? "owner" : "member", createdAt })),
      teams: upTo(teams).map((team) => ({
        name: `Team ${team}`,
        slug: `team-${team}`,
        members: upTo(each).map((at) => ({ email: email((team * 10 + at) % people), role: "member", createdAt })),
      })),
    },
  ],
});
const o = office(seed);

it("reads each list once, with the largest pages: 114 requests", async () => {
  const { organizations } = await o.desk.json<{ organizations: { people: { teams: object[] }[] }[] }>([
    "access",
    "large",
    "--live",
  ]);
  const listed = organizations[0]!.people;
  expect([listed.length, listed.reduce((sum, person) => sum + person.teams.length, 0)]).toEqual([people, teams * each]);
  const calls = await o.emulator.calls();
  expect(calls).toHaveLength(114);
  const pages = (path: string, count: number) => upTo(count).map(() => `GET ${path}`);
  expect(calls.toSorted()).toEqual(
    [
      ...pages("/organizations/", 1),
      ...pages("/organizations/large/", 1),
      ...pages("/organizations/large/members/", people / 100),
      ...pages("/organizations/large/invitations/", 1),
      ...pages("/organizations/large/teams/", 1),
      ...upTo(teams).flatMap((team) => pages(`/organizations/large/teams/team-${team}/members/`, 1)),
    ].toSorted(),
  );
});

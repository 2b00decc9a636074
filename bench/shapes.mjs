const OWNER = "owner@example.com";
const SLUG = "bench";

/**
 * How people and their places in teams are declared, a row per shape.
 *
 * - `grants(size)`: writes that make, or take away, all places in teams.
 * - `places(size)`: the declarations of the places.
 * - `change(places)`: the same with one person promoted.
 * - `edgeKind`: of these, bytes of state are counted one by one.
 */
export const SHAPES = {
  edges: {
    title: "one TeamMembership for each place",
    edgeKind: "TeamMembership",
    grants: ({ teams, each }) => teams * each,
    places: (size) =>
      teamsOf(size).flatMap(({ key, emails }) =>
        emails.map((email) => ({
          kind: "TeamMembership",
          name: `${key}-${email}`,
          args: { team: ref(key), email, role: "member" },
        })),
      ),
    change: ([first, ...others]) => [{ ...first, args: { ...first.args, role: "lead" } }, ...others],
  },
};

/** Stands for a resource declared before. */
const ref = (name) => ({ $ref: name });
const numbers = (count) => Array.from({ length: count }, (_, index) => index);
const padded = (index) => String(index + 1).padStart(5, "0");

/** Everybody but the owner, who is one of the people of an organization. */
const othersOf = ({ people }) => numbers(people - 1).map((index) => `person${padded(index)}@example.com`);

function teamsOf(size) {
  const people = othersOf(size);
  return numbers(size.teams).map((team) => ({
    key: `team${padded(team)}`,
    name: `Team ${padded(team)}`,
    emails: numbers(size.each).map((place) => people[(team * size.each + place) % people.length]),
  }));
}

/** A program as data: the organization, its people, its teams and the places in them. */
export function declarationsOf(shape, size) {
  const organization = { kind: "Organization", name: "organization", args: { name: "Bench", adopt: SLUG } };
  const people = othersOf(size).map((email) => ({
    kind: "OrganizationMember",
    name: email,
    args: { organization: ref("organization"), email },
  }));
  const teams = teamsOf(size).map(({ key, name }) => ({
    kind: "Team",
    name: key,
    args: { organization: ref("organization"), name },
  }));
  return { base: [organization, ...people, ...teams], places: SHAPES[shape].places(size) };
}

/** How many of each there are; `pages` is the list calls that show everything, `limit` rows to a page. */
export function countsOf(shape, { people, teams, each }, limit = 100) {
  const pages = (rows) => Math.max(1, Math.ceil(rows / limit));
  return {
    teams,
    members: people - 1,
    grants: SHAPES[shape].grants({ people, teams, each }),
    // Organizations, teams, people and invitations once, and the people of each team.
    pages: 1 + pages(teams) + pages(people) + pages(0) + teams * pages(each),
  };
}

/** The start of the emulator: everybody is a member already, so that nobody is mailed and everything settles at once. */
export function seedOf(size) {
  const people = [{ email: OWNER }, ...othersOf(size).map((email) => ({ email }))];
  const members = people.map(({ email }) => ({ email, role: email === OWNER ? "owner" : "member" }));
  return { settings: { rateLimit: null }, people, organizations: [{ name: "Bench", slug: SLUG, members }] };
}

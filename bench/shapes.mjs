const OWNER = "owner@example.com";
export const SLUG = "bench";

/**
 * How people and their places in teams are declared, a row per shape.
 *
 * - `sizes`, `quickSizes`: people/teams/people in each team, where the command line names none.
 * - `people`: whether everybody but the owner is an OrganizationMember of the program.
 * - `naive`: whether the naive contender has resources for it.
 * - `importedAs`: the style in which `pulumi-avala import` writes such a program; not measured without one.
 * - `places(teams)`: the declarations of the places.
 * - `change(places)`: the same with one person promoted.
 * - `edgeKind`: of these, bytes of state are counted one by one.
 */
export const SHAPES = {
  edges: {
    title: "a TeamMembership for each place",
    sizes: "100/10/10,1000/100/50",
    quickSizes: "30/3/10",
    people: true,
    naive: true,
    importedAs: "edges",
    edgeKind: "TeamMembership",
    places: (teams) =>
      teams.flatMap(({ key, emails }) =>
        emails.map((email) => ({
          kind: "TeamMembership",
          name: `${key}-${email}`,
          args: { team: ref(key), email, role: "member" },
        })),
      ),
    change: ([first, ...others]) => [{ ...first, args: { ...first.args, role: "lead" } }, ...others],
  },
  rosters: {
    title: "a TeamRoster for each team",
    sizes: "100/10/10,1000/100/50",
    quickSizes: "30/3/10",
    people: true,
    naive: false,
    importedAs: "roster",
    places: rostersOf,
    change: promoteInRoster,
  },
  roster: {
    title: "one large TeamRoster, and no declaration of its people beside it",
    sizes: "10001/1/10000",
    quickSizes: "1001/1/1000",
    people: false,
    naive: false,
    places: rostersOf,
    change: promoteInRoster,
  },
};

function rostersOf(teams) {
  return teams.map(({ key, emails }) => ({
    kind: "TeamRoster",
    name: `${key}-people`,
    args: { team: ref(key), members: Object.fromEntries(emails.map((email) => [email, "member"])) },
  }));
}

function promoteInRoster([first, ...others]) {
  const { members } = first.args;
  const promoted = { ...members, [Object.keys(members)[0]]: "lead" };
  return [{ ...first, args: { ...first.args, members: promoted } }, ...others];
}

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

/** A program as data: the organization, its people, its teams, and apart from these the places in them. */
export function declarationsOf(shape, size) {
  const { people, places } = SHAPES[shape];
  const organization = { kind: "Organization", name: "organization", args: { name: "Bench", adopt: SLUG } };
  const members = (people ? othersOf(size) : []).map((email) => ({
    kind: "OrganizationMember",
    name: email,
    args: { organization: ref("organization"), email },
  }));
  const teams = teamsOf(size).map(({ key, name }) => ({
    kind: "Team",
    name: key,
    args: { organization: ref("organization"), name },
  }));
  return { base: [organization, ...members, ...teams], places: places(teamsOf(size)) };
}

/**
 * How many of each there are: `grants` is people in teams, `resources` all declarations, and `pages` the calls that list
 * everything, with so many rows to a page.
 */
export function countsOf(shape, size, rows = 100) {
  const { people, teams, each } = size;
  const pages = (count) => Math.max(1, Math.ceil(count / rows));
  const { base, places } = declarationsOf(shape, size);
  return {
    teams,
    members: SHAPES[shape].people ? people - 1 : 0,
    grants: teams * each,
    resources: base.length + places.length,
    // Organizations, teams, people and invitations once, and the people of each team.
    pages: 1 + pages(teams) + pages(people) + pages(0) + teams * pages(each),
  };
}

/** An organization that stands as the programs would make it. */
export function standingSeedOf(size) {
  const seed = seedOf(size);
  const teams = teamsOf(size).map(({ name, emails }) => ({ name, members: emails.map((email) => ({ email })) }));
  return { ...seed, organizations: seed.organizations.map((one) => ({ ...one, teams })) };
}

/** The start of the emulator: everybody is a member already, so that nobody is mailed and everything settles at once. */
export function seedOf(size) {
  const people = [{ email: OWNER }, ...othersOf(size).map((email) => ({ email }))];
  const members = people.map(({ email }) => ({ email, role: email === OWNER ? "owner" : "member" }));
  return { settings: { rateLimit: null }, people, organizations: [{ name: "Bench", slug: SLUG, members }] };
}

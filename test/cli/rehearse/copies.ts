import { type Copy, openCopy } from "../../../cli/rehearse/copy.js";
import type { ProfileSettings } from "../../../cli/probe/profile.js";
import type { Seed, State } from "../../../emulator/src/index.js";
import { type AvalaClient, createClient, rehearsalOf, rehearsed } from "../../../provider/client/index.js";
import { resolveSettings, type Settings } from "../../../provider/lifecycle/runtime/settings.js";
import { ownerKey, startEmulator, type TestEmulator } from "../../support/emulator.js";

export const uids = {
  owner: "00000001-0000-4000-8000-000000000001",
  ada: "00000001-0000-4000-8000-000000000002",
  mia: "00000001-0000-4000-8000-000000000003",
  zoe: "00000001-0000-4000-8000-000000000004",
  acme: "00000002-0000-4000-8000-000000000001",
  beta: "00000002-0000-4000-8000-000000000002",
  gone: "00000002-0000-4000-8000-000000000003",
  core: "00000003-0000-4000-8000-000000000001",
};
const many = 250;
const createdAt = "2026-01-05T10:00:00.000Z";
const past = "2026-01-20T10:00:00.000Z";
const future = "2126-01-20T10:00:00.000Z";
const crowd = Array.from({ length: many }, (_, at) => `person${at}@example.com`);

/**
 * Acme, whose owner has the key `avk_local`, with all roles, 253 people, and invitations of every kind; Beta, of which
 * that person is a plain member; and an organization that is not active any more. Ada has a key of her own.
 */
export const living = (): Seed => ({
  people: [
    { uid: uids.owner, email: "owner@example.com", fullName: "Owner Example" },
    { uid: uids.ada, email: "Ada.Upper@Example.com", username: "ada", fullName: "Åda Ö. 李 🚀" },
    { uid: uids.mia, email: "o'neil+tag@example.com", username: "mia", lastActiveAt: "2026-02-01T08:00:00.000Z" },
    { uid: uids.zoe, email: "zoe@example.com", fullName: "Zoe" },
    ...crowd.map((email) => ({ email })),
  ],
  keys: [
    { key: "avk_ada", email: "Ada.Upper@Example.com" },
    { key: "avk_mia", email: "o'neil+tag@example.com" },
  ],
  organizations: [
    {
      uid: uids.acme,
      name: "Acme Ünïcode 株式会社",
      slug: "acme",
      handle: "acme_1",
      description: "Robots\nand more",
      website: "https://acme.example",
      industry: "robotics",
      email: "hello@acme.example",
      phone: "+49 30 1",
      visibility: "public",
      plan: "enterprise",
      isVerified: true,
      datasetCount: 3,
      projectCount: 2,
      sliceCount: 1,
      allowedDomains: ["acme.example"],
      readme: "# Acme",
      organizationType: "company",
      xUrl: "https://x.example",
      huggingFaceUrl: "https://hf.example",
      githubUrl: "https://gh.example",
      linkedinUrl: "https://li.example",
      slugEditsRemaining: 1,
      createdAt,
      members: [
        { email: "owner@example.com", role: "owner", createdAt },
        { email: "Ada.Upper@Example.com", role: "admin", createdAt },
        { email: "o'neil+tag@example.com", createdAt },
        ...crowd.map((email) => ({ email, createdAt })),
      ],
      invitations: [
        { email: "New.Person@example.com", role: "admin", expiresAt: future, createdAt },
        { email: "late@example.com", expiresAt: past, createdAt },
        { email: "no@example.com", status: "cancelled", expiresAt: future, createdAt },
        { email: "old@example.com", status: "expired", expiresAt: past, createdAt },
        { email: "was@example.com", status: "accepted", expiresAt: past, createdAt },
      ],
      teams: [
        {
          uid: uids.core,
          name: "Core 核",
          slug: "core",
          color: "#123456",
          description: "Lead it",
          createdAt,
          members: [
            { email: "Ada.Upper@Example.com", role: "lead", createdAt },
            ...crowd.slice(0, 120).map((email) => ({ email, createdAt })),
          ],
        },
        { name: "Empty", slug: "empty", createdAt },
      ],
    },
    {
      uid: uids.beta,
      name: "Beta",
      slug: "beta",
      createdAt,
      members: [
        { email: "zoe@example.com", role: "owner", createdAt },
        { email: "Ada.Upper@Example.com", role: "admin", createdAt },
        { email: "owner@example.com", createdAt },
      ],
      invitations: [{ email: "other@example.com", expiresAt: future, createdAt }],
      teams: [{ name: "B", slug: "b", createdAt, members: [{ email: "zoe@example.com", createdAt }] }],
    },
    {
      uid: uids.gone,
      name: "Gone",
      slug: "gone",
      isActive: false,
      createdAt,
      members: [{ email: "owner@example.com", role: "owner", createdAt }],
    },
  ],
});

/** Settings of a run with a key of an emulator, or of another service at a base URL. */
export function settingsOf(service: { url: string }, key: string = ownerKey): Settings {
  const environment: Record<string, string> = {
    AVALA_API_KEY: key,
    AVALA_BASE_URL: service.url,
    AVALA_ALLOW_INSECURE_BASE_URL: "1",
    AVALA_REQUESTS_PER_MINUTE: "100000",
    AVALA_REQUESTS_PER_SECOND: "10000",
  };
  return resolveSettings(
    (name) => environment[name],
    () => undefined,
  );
}

export interface Opened {
  copy: Copy;
  /** The provider's own client, in a run on the copy. */
  client(settings?: Settings): AvalaClient;
}

/** Copies that are closed after each test, with the clients that speak to them. */
export function useCopies() {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const closing of open.splice(0).toReversed()) await closing.close();
  });

  const keep = <T extends { close(): Promise<void> }>(closing: T): T => {
    open.push(closing);
    return closing;
  };
  return {
    keep,
    /** A living service. */
    start: async (seed: Seed = living()): Promise<TestEmulator> => keep(await startEmulator({ seed })),
    /** The provider's client at the living service. */
    living: (settings: Settings): AvalaClient => keep(createClient(settings.client)),
    async copyOf(
      all: Settings[],
      organizations: readonly string[] = ["acme"],
      profile?: ProfileSettings,
    ): Promise<Opened> {
      const credentials = all.map((settings, at) => ({ settings, sources: [`source ${at + 1}`] }));
      const copy = keep(await openCopy({ credentials, organizations, profile }));
      const rehearsal = rehearsalOf(copy.url)!;
      const client = (settings: Settings = all[0]!) =>
        keep(
          createClient({
            ...rehearsed(rehearsal, settings.client),
            requestsPerMinute: 1_000_000,
            requestsPerSecond: 1_000_000,
          }),
        );
      return { copy, client };
    },
  };
}

/** Everything that a client can list, by name of the list; a refusal by its class. */
export async function allLists(client: AvalaClient, slugs: readonly string[]): Promise<Record<string, unknown>> {
  const lists: Record<string, unknown> = {
    user: await client.credential.currentUser(),
    industries: await orClass(client.organizations.industryChoices()),
    organizations: await orClass(client.organizations.list()),
  };
  for (const slug of slugs) {
    lists[slug] = await orClass(client.organizations.get(slug));
    lists[`members of ${slug}`] = await orClass(client.members.list(slug));
    lists[`admins of ${slug}`] = await orClass(client.members.list(slug, { role: "admin" }));
    lists[`invitations of ${slug}`] = await orClass(client.invitations.list(slug));
    const teams = await orClass(client.teams.list(slug));
    lists[`teams of ${slug}`] = teams;
    if (!Array.isArray(teams)) continue;
    for (const { slug: team } of teams as { slug: string }[]) {
      lists[`${slug}/${team}`] = await orClass(client.teams.get(slug, team));
      lists[`members of ${slug}/${team}`] = await orClass(client.teamMembers.list(slug, team));
    }
  }
  return lists;
}

const orClass = (answer: Promise<unknown>) => answer.catch((error: Error) => error.constructor.name);

/** The same without the time of the last call, which the comparison itself changes for the keys' users. */
export function withoutCallers(lists: Record<string, unknown>, callers: readonly string[]): Record<string, unknown> {
  const forget = (row: { userUid?: string }) =>
    callers.includes(row.userUid ?? "") ? { ...row, lastActiveAt: "" } : row;
  return Object.fromEntries(
    Object.entries(lists).map(([name, rows]) => [name, Array.isArray(rows) ? rows.map(forget) : rows]),
  );
}

/** What the API shows of organizations in a state: invitations that no list shows, tokens and logos apart. */
export function shown({ organizations, people, emails }: State, names: readonly string[]) {
  return {
    organizations: organizations
      .filter(({ slug = "" }) => names.includes(slug))
      .map((organization) => ({
        ...organization,
        updatedAt: undefined,
        logo: undefined,
        invitations: organization.invitations
          .filter(({ status }) => status === "pending")
          .map(({ token: _token, invitedBy: _by, ...row }) => row),
        teams: organization.teams.map(({ updatedAt: _updated, ...team }) => team),
      })),
    people: people
      .filter(({ email }) =>
        organizations.some(
          ({ slug = "", members }) => names.includes(slug) && members.some((row) => row.email === email),
        ),
      )
      .map((person) => ({ ...person, picture: undefined, lastActiveAt: undefined }))
      .toSorted((a, b) => (a.uid < b.uid ? -1 : 1)),
    emails,
  };
}

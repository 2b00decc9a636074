import type { Fault, State } from "../../../emulator/src/index.js";
import { createClient, type AvalaClient } from "../../../provider/client/index.js";
import { Snapshot, type OrganizationView, type TeamView } from "../../../provider/snapshot/index.js";
import { acme, person, uids } from "../../lifecycle/support.js";
import { ownerKey, startEmulator, type TestEmulator } from "../../support/emulator.js";

/*
 * A proxy whose session has ended answers every request with its login page and the status 200. The answer to a write counts only if the service may have sent it; otherwise a look-up decides.
 */

type Answered = Extract<Fault["action"], { status: number }>;
type Organization = State["organizations"][number];

const page = "<!doctype html><title>Log in</title><h1>Log in</h1>";

/** Answers to a write that no service sends. */
const foreign: Record<string, Answered> = {
  "200 with a login page": { status: 200, headers: { "content-type": "text/html" }, body: page },
  "200 with a login page that says it is JSON": {
    status: 200,
    headers: { "content-type": "application/json" },
    body: page,
  },
  "200 with a text": { status: 200, body: "OK" },
  "200 with JSON that breaks off": { status: 200, body: '{"detail": "do' },
  "203 with JSON": { status: 203, body: {} },
};

/** Possible answers of the service to a successful write. */
const own: Record<string, Answered> = {
  "200 without content": { status: 200, body: "" },
  "204": { status: 204 },
  "200 with JSON": { status: 200, body: {} },
};

/** The data of a write: everything is read before it. */
interface Picture {
  snapshot: Snapshot;
  view: OrganizationView;
  team: TeamView;
}

interface Write {
  method: "POST" | "PATCH" | "DELETE";
  /** The end of its path. */
  path: string;
  run(picture: Picture): Promise<unknown>;
  /** Whether it is carried out. */
  isDone(acme: Organization | undefined, state: State): boolean;
  /** Default: the owner's. */
  key?: string;
  /** No list shows its effect. */
  isInvisible?: true;
}

const adminKey = "avk_ada";
const memberOf = (found: Organization | undefined, name: string) =>
  found?.members.find(({ email }) => email === person(name));
const placeOf = (found: Organization | undefined, name: string) =>
  found?.teams[0]?.members.find(({ email }) => email === person(name));
const pendingOf = (found: Organization | undefined, name: string) =>
  found?.invitations.find(({ email, status }) => email === person(name) && status === "pending");
const noa = async (view: OrganizationView) => (await view.invitationOf(person("noa")))!;
const lee = async (team: TeamView) => (await team.members.find({ userUid: uids.lee }))!;

const writes: Record<string, Write> = {
  createOrganization: {
    method: "POST",
    path: "/organizations/",
    run: ({ snapshot }) => snapshot.createOrganization({ name: "Beta" }),
    isDone: (_, { organizations }) => organizations.some(({ name }) => name === "Beta"),
  },
  "update of an organization": {
    method: "PATCH",
    path: "/acme/",
    run: ({ view }) => view.update({ description: "new" }),
    isDone: (found) => found?.description === "new",
  },
  "delete of an organization": {
    method: "DELETE",
    path: "/acme/",
    run: ({ view }) => view.delete(),
    isDone: (found) => found === undefined,
  },
  leave: {
    method: "POST",
    path: "/leave/",
    run: ({ view }) => view.leave(),
    isDone: (found) => memberOf(found, "ada") === undefined,
    key: adminKey,
  },
  "setRole of a member": {
    method: "PATCH",
    path: "/role/",
    run: async ({ view }) => view.setRole((await view.members.find({ userUid: uids.mia }))!, "admin"),
    isDone: (found) => memberOf(found, "mia")?.role === "admin",
  },
  removeMember: {
    method: "DELETE",
    path: `/members/${uids.mia}/`,
    run: ({ view }) => view.removeMember(uids.mia),
    isDone: (found) => memberOf(found, "mia") === undefined,
  },
  invite: {
    method: "POST",
    path: "/invitations/",
    run: ({ view }) => view.invite(person("zoe"), "member"),
    isDone: (found) => pendingOf(found, "zoe") !== undefined,
  },
  resend: {
    method: "POST",
    path: "/resend/",
    run: async ({ view }) => view.resend(await noa(view)),
    isDone: (_, { emails }) => emails.some(({ kind, to }) => kind === "resend" && to === person("noa")),
    isInvisible: true,
  },
  cancel: {
    method: "POST",
    path: "/cancel/",
    run: async ({ view }) => view.cancel((await noa(view)).uid),
    isDone: (found) => pendingOf(found, "noa") === undefined,
  },
  createTeam: {
    method: "POST",
    path: "/teams/",
    run: ({ view }) => view.createTeam({ name: "Blue" }),
    isDone: (found) => found?.teams.some(({ name }) => name === "Blue") ?? false,
  },
  "update of a team": {
    method: "PATCH",
    path: "/teams/core/",
    run: ({ team }) => team.update({ description: "new" }),
    isDone: (found) => found?.teams[0]?.description === "new",
  },
  "delete of a team": {
    method: "DELETE",
    path: "/teams/core/",
    run: ({ team }) => team.delete(),
    isDone: (found) => found?.teams.length === 0,
  },
  "add to a team": {
    method: "POST",
    path: "/teams/core/members/",
    run: ({ team }) => team.add({ userUid: uids.mia, email: person("mia") }, "member"),
    isDone: (found) => placeOf(found, "mia") !== undefined,
  },
  "setRole in a team": {
    method: "PATCH",
    path: "/role/",
    run: async ({ team }) => team.setRole(await lee(team), "member"),
    isDone: (found) => placeOf(found, "lee")?.role === "member",
  },
  "remove from a team": {
    method: "DELETE",
    path: `/core/members/${uids.lee}/`,
    run: ({ team }) => team.remove(uids.lee),
    isDone: (found) => placeOf(found, "lee") === undefined,
  },
};

let emulator: TestEmulator;
let client: AvalaClient | undefined;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterEach(() => client?.close());
afterAll(() => emulator.close());

async function pictureFor(key: string): Promise<Picture> {
  await emulator.reset(acme());
  await emulator.addKey(adminKey, person("ada"));
  await emulator.api("POST", "/organizations/acme/invitations/", { email: person("noa"), role: "member" });
  const pace = { requestsPerMinute: 1_000_000, requestsPerSecond: 1_000_000 };
  client = createClient({ apiKey: key, baseUrl: emulator.url, ...pace });
  const snapshot = new Snapshot(client);
  await snapshot.organizations();
  const view = await snapshot.organization(uids.acme);
  const team = (await view.team(uids.core))!;
  await Promise.all([view.detail(), view.members.get(), view.invitations.get(), team.members.get()]);
  await emulator.clearLog();
  return { snapshot, view, team };
}

/** Runs a write whose answer is replaced. */
async function answered({ method, path, run, isDone, key = ownerKey }: Write, action: Answered, isBlind = false) {
  const picture = await pictureFor(key);
  await emulator.faults({ match: { method, path: `${path}$` }, action });
  const blind: Fault = { match: { method: "GET" }, action: foreign["200 with a login page"]!, times: null };
  if (isBlind) await emulator.faults(blind);
  const ended = await run(picture).then(
    () => "done",
    (error: Error) => error.name,
  );
  const sent = (await emulator.writes()).length;
  const state = await emulator.state();
  const found = state.organizations.find(({ uid }) => uid === uids.acme);
  return { ended, sent, isDone: isDone(found, state) };
}

describe.each(Object.entries(writes))("%s", (_, write) => {
  /** The result after a look-up. */
  const ends = (ended: string) => (write.isInvisible ? "OutcomeUnknownError" : ended);

  it.each(Object.entries(own))("answered %s is done, and sent once", async (__, action) => {
    expect(await answered(write, { ...action, after: true })).toEqual({ ended: "done", sent: 1, isDone: true });
  });

  it.each(Object.entries(foreign))("answered %s, after the change: it is looked up, and done", async (__, action) => {
    const done = { ended: ends("done"), sent: 1, isDone: true };
    expect(await answered(write, { ...action, after: true })).toEqual(done);
  });

  it.each(Object.entries(foreign))("answered %s, without the change: looked up, and an error", async (__, action) => {
    expect(await answered(write, action)).toEqual({ ended: ends("ResponseShapeError"), sent: 1, isDone: false });
  });

  it.each([true, false])(
    "answered a login page, as all reads after it; carried out: %s: unknown outcome",
    async (after) => {
      const action = { ...foreign["200 with a login page"]!, after };
      const outcomeUnknown = { ended: "OutcomeUnknownError", sent: 1, isDone: after };
      expect(await answered(write, action, true)).toEqual(outcomeUnknown);
    },
  );
});

import { resources as schemas } from "../../provider/schema/index.js";
import { Desk } from "../support/commandLine.js";
import { Engine, Host, HostError, type Kind, type Properties } from "../support/host.js";
import { pageOf, rawService, type RawCall, type Reply } from "../support/rawService.js";
import { hostileTexts, steering, steeringInLines } from "./texts.js";

/*
 * Names, addresses, roles and reasons of others, wherever they reach a screen: log lines of handlers, their errors, the state that the engine shows, and the command line.
 */

const key = "avk_0123456789abcdefSECRET";
const uid = (kind: number, number: number): string =>
  `0000000${kind}-0000-4000-8000-${String(number).padStart(12, "0")}`;
const texts = Object.entries(hostileTexts);
const organizationUid = (index: number): string => uid(1, index);
const teamUid = (index: number): string => uid(2, index);
const teamId = (index: number): string => `${organizationUid(index)}/${teamUid(index)}`;
const people = { owner: uid(3, 1), lee: uid(3, 2), ada: uid(3, 3), stranger: uid(3, 4) };

const detailOf = (index: number, text: string) => ({
  uid: organizationUid(index),
  slug: `o-${index}`,
  name: text,
  description: text,
  website: text,
  industry: text,
  visibility: text,
  plan: text,
  role: "admin",
  dataset_count: 0,
  project_count: 0,
  slice_count: 0,
  created_at: text,
});

const memberRow = (user: string, text: string, more: object = {}) => ({
  user_uid: user,
  username: text,
  full_name: text,
  email: text,
  role: "member",
  created_at: text,
  ...more,
});

function answer({ method, path }: RawCall): Reply | undefined {
  if (path === "/organizations/") return pageOf(texts.map(([, text], index) => detailOf(index, text)));
  const [, number, rest] = /^\/organizations\/o-(\d+)\/(.*)$/.exec(path) ?? [];
  if (number === undefined) return undefined;
  const index = Number(number);
  const text = texts[index]![1];
  if (method !== "GET") {
    const detail = { [text]: [text, `${text} ${key}`] };
    return { status: 400, headers: { "x-request-id": "<b>id" }, body: { detail, code: text } };
  }
  switch (rest) {
    case "":
      return { body: detailOf(index, text) };
    case "members/":
      return pageOf([
        memberRow(people.owner, text, { role: "owner" }),
        memberRow(people.lee, text, { email: "lee@example.com", role: text }),
        memberRow(people.ada, text, { email: "ada@example.com" }),
      ]);
    case "invitations/":
      return pageOf([
        {
          uid: uid(4, index),
          invited_email: "noa@example.com",
          role: text,
          status: text,
          expires_at: text,
          created_at: text,
        },
        { uid: uid(5, index), invited_email: text, role: text, status: "pending", expires_at: text, created_at: text },
      ]);
    case "teams/":
      return pageOf([{ uid: teamUid(index), slug: "core", name: text, description: text, color: text }]);
    case "teams/core/members/":
      return pageOf([
        memberRow(people.ada, text, { email: "ada@example.com", role: "lead" }),
        memberRow(people.stranger, text),
      ]);
    default:
      return undefined;
  }
}

let service: Awaited<ReturnType<typeof rawService>>;
beforeAll(async () => {
  service = await rawService(answer);
});
afterAll(() => service.close());
jest.setTimeout(60_000);

const environment = () => ({
  AVALA_API_KEY: key,
  AVALA_BASE_URL: service.url,
  AVALA_ALLOW_INSECURE_BASE_URL: "1",
  AVALA_REQUESTS_PER_MINUTE: "100000",
  AVALA_REQUESTS_PER_SECOND: "10000",
});

/** One call of a handler, and its result. */
interface Said {
  what: string;
  error?: string;
  recorded: Properties[];
}

async function handlersOf(host: Host, index: number, text: string): Promise<Said[]> {
  const organization = organizationUid(index);
  const create = (kind: Kind, inputs: Properties) => ({ what: `create ${kind}`, made: host.create(kind, inputs) });
  const read = (kind: Kind, id: string, inputs: Properties) => ({
    what: `read ${kind}`,
    made: host.read(kind, id, { ...inputs, __v: 1 }),
  });
  const remove = (kind: Kind, id: string, inputs: Properties) => ({
    what: `delete ${kind}`,
    made: host.delete(kind, id, { ...inputs, __v: 1 }).then(() => ({ properties: {} })),
  });
  const calls = [
    create("organization", { name: text }),
    create("team", { organization, name: text }),
    create("team", { organization, name: "New" }),
    create("organizationMember", { organization, email: "lee@example.com", role: "member" }),
    create("organizationMember", { organization, user: people.owner, role: "admin" }),
    create("organizationMember", { organization, email: "new@example.com", role: "member" }),
    create("invitation", { organization, email: "noa@example.com", role: "member" }),
    create("teamMembership", { team: teamId(index), email: "mia@example.com", role: "member" }),
    create("teamRoster", { team: teamId(index), members: "ada@example.com lead", unmanaged: "report" }),
    remove("team", teamId(index), {}),
    remove("organization", organization, { __created: true, name: text }),
    remove("organizationMember", `${organization}/${people.ada}`, { user: people.ada, userUid: people.ada }),
    read("organization", organization, { name: "Acme", description: "ours" }),
    read("team", teamId(index), { name: "Core", description: "ours" }),
    read("organizationMember", `${organization}/lee@example.com`, { email: "lee@example.com", role: "member" }),
    read("invitation", `${organization}/noa@example.com`, { email: "noa@example.com", role: "member" }),
    read("teamMembership", `${teamId(index)}/ada@example.com`, { email: "ada@example.com", role: "member" }),
    read("teamRoster", teamId(index), { members: "ada@example.com lead" }),
  ];
  return Promise.all(
    calls.map(({ what, made }) =>
      made.then(
        (answered): Said => ({
          what,
          recorded: [answered.properties, ...("inputs" in answered ? [answered.inputs as Properties] : [])],
        }),
        (error: HostError) => ({
          what,
          error: error.message,
          recorded: error.recorded ? [error.recorded.properties] : [],
        }),
      ),
    ),
  );
}

const longest = 1500;

describe("handlers", () => {
  let engine: Engine;
  let host: Host;
  let said: Said[][];
  beforeAll(async () => {
    engine = await Engine.start();
    host = await Host.start(engine, environment());
    await host.configure();
    said = await Promise.all(texts.map(([, text], index) => handlersOf(host, index, text)));
  });
  afterAll(async () => {
    await host.close();
    engine.kill();
  });

  it.each(texts.map(([name], index) => [name, index] as const))("%s", (_, index) => {
    const errors = said[index]!.filter(({ error }) => error !== undefined);
    // Each of these quotes data of the service.
    expect(errors.map(({ what }) => what)).toEqual([
      "create organization",
      "create team",
      "create team",
      "create organizationMember",
      "create organizationMember",
      "delete team",
      "delete organization",
      "delete organizationMember",
    ]);
    for (const { error } of errors) {
      expect(error).not.toMatch(steering);
      expect(error).toMatch(/ \[AVALA_[A-Z_]+\]$/);
      expect(error!.length).toBeLessThan(longest);
      expect(error).not.toContain(key);
    }
    const recorded = said[index]!.flatMap(({ recorded }) => recorded).flatMap((properties) =>
      Object.values(properties),
    );
    const values = recorded.filter((value) => typeof value === "string");
    expect(values.filter((value) => steeringInLines.test(value.replaceAll(/[\t\u200c\u200d]|\r\n/g, "")))).toEqual([]);
    expect(values).not.toContain(hostileTexts["the engine's sign for an unknown value"]);
  });

  it("check quotes refused values harmlessly, in every field", async () => {
    const kinds = ["organization", "team", "organizationMember", "teamMembership", "teamRoster", "invitation"] as const;
    const words = [...texts.map(([, text]) => text), "__proto__", "constructor", "toString"];
    for (const text of words) {
      for (const kind of kinds) {
        const inputs = Object.keys(schemas[kind].inputs).map((name) => [name, text]);
        const { failures } = await host.check(kind, {}, Object.fromEntries([...inputs, [text.slice(0, 200), text]]));
        for (const { reason } of failures) {
          expect(reason).not.toMatch(steering);
          expect(reason).not.toContain("native code");
          expect(reason.length).toBeLessThan(longest);
        }
      }
    }
  });

  it("log them in short and harmless lines", () => {
    expect(engine.logged.length).toBeGreaterThan(texts.length * 4);
    for (const { message } of engine.logged) {
      expect(message).not.toMatch(steering);
      expect(message.length).toBeLessThanOrEqual(600);
    }
    expect(host.output).not.toMatch(steeringInLines);
  });

  it("show different texts differently: invisible characters are written out", () => {
    const index = texts.findIndex(([name]) => name === "zero width");
    const read = said[index]!.find(({ what }) => what === "read organization")!;
    expect(read.recorded[0]).toMatchObject({ description: "a\\u{200b}d\u200cm\u200di\\u{feff}n\\u{ad}" });
  });
});

describe("the command line", () => {
  let desk: Desk;
  beforeAll(() => {
    desk = new Desk();
    desk.environment = environment();
  });
  afterAll(() => desk.close());
  const all = texts.flatMap((_, index) => ["--organization", `o-${index}`]);

  it("status shows them in harmless lines", async () => {
    const { code, stdout, stderr } = await desk.run(["status", ...all]);
    expect(code).toBe(0);
    expect(stdout).toContain("waiting");
    for (const line of (stdout + stderr).split("\n")) {
      expect(line).not.toMatch(steering);
      expect(line.length).toBeLessThan(longest);
    }
  });

  it("status --json contains them unchanged, with control characters escaped", async () => {
    const { code, stdout } = await desk.run(["status", "--json", ...all]);
    expect(code).toBe(0);
    expect(stdout).not.toMatch(steeringInLines);
    const { organizations } = JSON.parse(stdout) as { organizations: { name: string }[] };
    expect(organizations.map(({ name }) => name)).toEqual(texts.map(([, text]) => text));
  });

  const one = (command: string, index: number): string[] =>
    command === "transfer-ownership"
      ? [command, `o-${index}`, "--to", "ada@example.com", "--yes"]
      : [command, `o-${index}`, "--yes"];

  it.each(["transfer-ownership", "leave"])("%s", async (command) => {
    const ended = await Promise.all([0, 5, 7, 10].map((index) => desk.run(one(command, index))));
    for (const { code, stdout, stderr } of ended) {
      expect(code).toBe(1);
      expect(stdout + stderr).toMatch(/ \[AVALA_[A-Z_]+\]\n$/);
      for (const line of (stdout + stderr).split("\n")) expect(line).not.toMatch(steering);
    }
  });
});

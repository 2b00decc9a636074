import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { startEmulator, type TestEmulator } from "../support/emulator.js";
import { nameOf, Project, ref, type Declared, type Kind, type ResourceState } from "../support/pulumi.js";

jest.setTimeout(240_000);

const count = 10;
const people = Array.from({ length: count }, (_, index) => `person${index + 10}@example.com`);
const figures = resolve(__dirname, "../../.work/figures");

/** Sanity only: an edge of a few thousand people must not make a state of tens of megabytes. */
const sanePerEdge = 2000;

const host: Declared[] = [
  { kind: "Organization", name: "host", args: { name: "Host", adopt: "host" } },
  { kind: "Team", name: "crew", args: { organization: ref("host"), name: "Crew" } },
];
const many: Record<Kind, (email: string, index: number) => Record<string, unknown>> = {
  Organization: (_, index) => ({ name: `Organization ${index}` }),
  Team: (_, index) => ({ organization: ref("host"), name: `Team ${index}` }),
  OrganizationMember: (email) => ({ organization: ref("host"), email: `newer-${email}` }),
  Invitation: (email) => ({ organization: ref("host"), email: `new-${email}` }),
  TeamRoster: (_, index) => ({
    team: ref(`Team-${index}`),
    members: Object.fromEntries(people.map((email) => [email, "member"])),
  }),
  TeamMembership: (email) => ({ team: ref("crew"), email, role: "member" }),
};

interface Exported {
  deployment: { resources: ResourceState[] };
}

describe("the size of state", () => {
  let emulator: TestEmulator;
  let project: Project;
  let exported: ResourceState[];

  beforeAll(async () => {
    const everybody = ["owner@example.com", ...people].map((email) => ({ email }));
    const members = everybody.map(({ email }, index) => ({ email, role: index === 0 ? "owner" : "member" }) as const);
    emulator = await startEmulator({ seed: { people: everybody, organizations: [{ name: "Host", members }] } });
    project = await Project.open(emulator.environment());
    const declared = Object.entries(many).flatMap(([kind, args]) =>
      people.map((email, index) => ({ kind: kind as Kind, name: `${kind}-${index}`, args: args(email, index) })),
    );
    project.declare([...host, ...declared]);
    await project.expectOk(["up", "--yes", "--skip-preview"]);
    const { stdout } = await project.expectOk(["stack", "export"]);
    exported = (JSON.parse(stdout) as Exported).deployment.resources;
  });
  afterAll(async () => {
    project?.close();
    await emulator?.close();
  });

  /**
   * Bytes of a resource of the kind without indentation, with and without what the engine notes of the program's source.
   */
  function measured(kind: Kind) {
    const rows = exported.filter(({ urn }) => nameOf(urn).startsWith(`${kind}-`));
    expect(rows).toHaveLength(count);
    const bare = JSON.parse(JSON.stringify(rows), (key, value: unknown) =>
      key === "stackTrace" || key === "sourcePosition" ? undefined : value,
    ) as object;
    const each = (value: object) => Math.round(Buffer.byteLength(JSON.stringify(value)) / count);
    return { bytes: each(rows), withoutSourcePositions: each(bare) };
  }

  it("holds the line of the program that declares a resource, not one of this package", () => {
    for (const name of ["host", "crew"]) {
      expect(project.resource(name)).toHaveProperty(
        "sourcePosition",
        expect.stringMatching(/\/test\/support\/programs\/fromJson\.js#/),
      );
    }
  });

  it("is recorded for each kind, and small for an edge", () => {
    const kinds = Object.keys(many) as Kind[];
    const perResource = Object.fromEntries(kinds.map((kind) => [kind, measured(kind)]));
    mkdirSync(figures, { recursive: true });
    writeFileSync(join(figures, "state.json"), `${JSON.stringify({ count, perResource }, undefined, 2)}\n`);
    for (const edge of ["Invitation", "OrganizationMember", "TeamMembership"]) {
      expect(perResource[edge]!.withoutSourcePositions).toBeGreaterThan(0);
      expect(perResource[edge]!.withoutSourcePositions).toBeLessThan(sanePerEdge);
    }
  });
});

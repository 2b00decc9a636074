import {
  invitation,
  organization,
  organizationMember,
  team,
  teamMembership,
  teamRoster,
  type Declaration,
  type Program,
} from "../../support/stack.js";
import { ProcessJournal } from "../../../provider/core/journal.js";
import { startEmulator } from "../../support/emulator.js";
import { acme, person, s, useService, uids } from "../support.js";

/*
 * A team or organization leaves the program, while the same program declares people or teams in it by its id or slug. The engine does not
 * see that they belong together: the deletion would take the declared access away.
 */

const beta = "00000be7-0000-4000-8000-000000000000";
const crew = "0000000d-0000-4000-8000-000000000000";
const seed = () => ({
  ...acme(),
  organizations: [
    ...acme().organizations!,
    {
      uid: beta,
      name: "Beta",
      members: [
        { email: person("owner"), role: "owner" as const },
        { email: person("lee"), role: "member" as const },
      ],
      teams: [{ uid: crew, name: "Crew", members: [{ email: person("lee"), role: "lead" as const }] }],
    },
  ],
});
useService(seed);

beforeEach(() => {
  s.stack.hasProgram = true;
});

const crewId = `${beta}/${crew}`;
const named = { uid: beta, slug: "beta" };

/** Declarations of lee or of the team in Beta, each by a text instead of the resource. */
const inOrganization = (text: string): Record<string, Declaration> => ({
  OrganizationMember: organizationMember({ organization: text, email: person("lee") }),
  Invitation: invitation({ organization: text, email: person("new") }),
  Team: team({ organization: text, name: "Crew", adopt: crew }),
});
const inTeam: Record<string, Declaration> = {
  TeamMembership: teamMembership({ team: crewId, email: person("lee"), role: "lead" }),
  TeamRoster: teamRoster({ team: crewId, members: { [person("lee")]: "lead" } }),
  "TeamRoster that removes": teamRoster({
    team: crewId,
    members: { [person("lee")]: "lead" },
    unmanaged: "remove",
  }),
};

interface Case {
  deleted: "Team" | "Organization";
  inside: string;
  declaration: Declaration;
  forceDestroy: boolean;
  run: "whole" | "target";
}

const cells: Case[] = (["Team", "Organization"] as const).flatMap((deleted) =>
  Object.entries({
    ...(deleted === "Organization" && inOrganization(named.slug)),
    ...(deleted === "Organization" &&
      Object.fromEntries(Object.entries(inOrganization(named.uid)).map(([kind, one]) => [`${kind} by uid`, one]))),
    ...inTeam,
  }).flatMap(([inside, declaration]) =>
    [false, true].flatMap((forceDestroy) =>
      (["whole", "target"] as const).map((run) => ({ deleted, inside, declaration, forceDestroy, run })),
    ),
  ),
);

const deleted = ({ deleted: kind, forceDestroy }: Pick<Case, "deleted" | "forceDestroy">): Program =>
  kind === "Team"
    ? { gone: team({ organization: beta, name: "Crew", adopt: crew, forceDestroy }) }
    : { gone: organization({ name: "Beta", adopt: beta, onDestroy: "delete", forceDestroy }) };

const betaNow = () => s.organizationNow(beta);

describe("bug: what is deleted has people inside whom the same program declares by its id or slug", () => {
  it.each(cells)("$deleted, forceDestroy $forceDestroy, $inside inside, $run run", async (cell) => {
    const { declaration, run } = cell;
    const inside: Program = { inside: declaration };
    await s.stack.up({ ...deleted(cell), ...inside });
    const before = await betaNow();
    const { error, writes } = await s.measured(() => s.stack.up(inside, run === "target" ? { targets: ["gone"] } : {}));
    expect(error?.message).toMatch(
      new RegExp(
        `^${cell.deleted} \\S+ is not deleted, because the program declares 1 ${declaration.kind} in it\\.`,
        "i",
      ),
    );
    expect(writes).toEqual([]);
    expect(await betaNow()).toEqual(before);
    // The first way out of the message.
    await s.stack.up({ ...deleted(cell), ...inside });
    expect(await betaNow()).toEqual(before);
  });

  it("lets it go together with the declarations inside", async () => {
    const program = { ...deleted({ deleted: "Team", forceDestroy: false }), inside: inTeam["TeamRoster"]! };
    await s.stack.up(program);
    await s.stack.up({});
    expect((await betaNow()).teams).toEqual([]);
    const { Team: _, ...people } = inOrganization("beta");
    await s.stack.up({ ...deleted({ deleted: "Organization", forceDestroy: true }), ...people });
    await s.stack.up({});
    expect((await s.emulator.state()).organizations.map(({ uid }) => uid)).toEqual([uids.acme]);
  });

  it("counts each kind, and not what is declared in another team or organization", async () => {
    const others: Program = {
      mia: organizationMember({ organization: uids.acme, email: person("mia") }),
      lee: teamMembership({ team: `${uids.acme}/${uids.core}`, email: person("lee"), role: "lead" }),
    };
    const inside: Program = {
      one: inTeam["TeamMembership"]!,
      member: inOrganization("beta")["OrganizationMember"]!,
      new: inOrganization(beta)["Invitation"]!,
      another: organizationMember({ organization: "beta", email: person("ada") }),
    };
    const cell = { deleted: "Organization", forceDestroy: true } as const;
    await s.stack.up({ ...deleted(cell), ...others, ...inside });
    const { error } = await s.measured(() => s.stack.up({ ...others, ...inside }));
    expect(error?.message).toContain("declares 1 TeamMembership and 2 OrganizationMembers and 1 Invitation in it");
    await s.stack.up(others);
    expect((await s.emulator.state()).organizations.map(({ uid }) => uid)).toEqual([uids.acme]);
  });

  it.each(["leave", "retain"])("an organization with onDestroy %s is not deleted", async (onDestroy) => {
    const inside: Program = { inside: inOrganization("acme")["OrganizationMember"]! };
    const key = await s.keyOf("ada");
    s.stack.environment = { ...s.stack.environment, AVALA_API_KEY: key };
    await s.stack.up({ gone: organization({ name: "Acme", adopt: "acme", onDestroy }), ...inside });
    await s.stack.up(inside);
    const left = (await s.organizationNow()).members.map(({ email }) => email);
    expect(left).toContain(person("lee"));
    expect(left.includes(person("ada"))).toBe(onDestroy === "retain");
  });

  it("bug: each declaration of the program made a deletion read the journals of the run again", async () => {
    const reads = jest.spyOn(ProcessJournal.prototype, "others");
    const readsBeside = async (count: number) => {
      await s.emulator.reset(seed());
      await s.stack.up(deleted({ deleted: "Team", forceDestroy: true }));
      const others = Array.from({ length: count }, (_, at): [string, Declaration] => [
        `other${at}`,
        teamMembership({ team: `${uids.acme}/${uids.core}`, email: person(`other${at}`), role: "member" }),
      ]);
      reads.mockClear();
      await s.stack.up(Object.fromEntries(others), { targets: ["gone"] });
      expect((await betaNow()).teams).toEqual([]);
      return reads.mock.calls.length;
    };
    expect(await readsBeside(100)).toBe(await readsBeside(1));
    reads.mockRestore();
  });

  it("the same slug and ids in another deployment are other people", async () => {
    const other = await startEmulator({ seed: seed() });
    try {
      const environment = other.environment();
      s.stack.providers["other"] = {
        "avala:explicit": "true",
        "avala:apiKey": environment["AVALA_API_KEY"]!,
        "avala:baseUrl": environment["AVALA_BASE_URL"]!,
        "avala:allowInsecureBaseUrl": "true",
      };
      const there = Object.fromEntries(
        Object.entries({ ...inOrganization("beta"), ...inTeam })
          .filter(([kind]) => kind !== "TeamMembership" && kind !== "TeamRoster that removes")
          .map(([kind, declaration]) => [kind, { ...declaration, provider: "other" }]),
      );
      await s.stack.up({ ...deleted({ deleted: "Organization", forceDestroy: true }), ...there });
      await s.stack.up(there);
      expect((await s.emulator.state()).organizations.map(({ uid }) => uid)).toEqual([uids.acme]);
      expect((await other.state()).organizations.map(({ uid }) => uid)).toEqual([uids.acme, beta]);
    } finally {
      await other.close();
    }
  });
});

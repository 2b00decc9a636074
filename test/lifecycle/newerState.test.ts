import {
  idOf,
  invitation,
  organization,
  organizationMember,
  team,
  teamMembership,
  teamRoster,
  type Program,
} from "../support/stack.js";
import { person, s, useService, uids } from "./support.js";

useService();
const core = `${uids.acme}/${uids.core}`;
const program = (changed: object = {}): Program => ({
  org: organization({ name: "Acme", adopt: uids.acme, onDestroy: "delete", forceDestroy: true, ...changed }),
  core: team({ organization: uids.acme, name: "Core", adopt: uids.core, forceDestroy: true, ...changed }),
  zoe: invitation({ organization: uids.acme, email: person("zoe") }),
  noa: organizationMember({ organization: uids.acme, email: person("noa") }),
  lee: teamMembership({ team: core, email: person("lee"), role: "lead" }),
  labs: team({ organization: uids.acme, name: "Labs" }),
  roster: teamRoster({ team: idOf("labs"), members: { [person("mia")]: "member" } }),
});
/** A later release has written the state, in a format that this one does not know. */
function writtenLater(): void {
  const versions = [2, "1", 1.5];
  [...s.stack.resources.values()].forEach((recorded, index) => {
    recorded.outputs = { ...recorded.outputs, __v: versions[index % versions.length] };
  });
}

describe("a state that a newer version has written", () => {
  it("is refused by every command, and nothing is sent or lost", async () => {
    await s.stack.up(program());
    writtenLater();
    const before = structuredClone([...s.stack.resources]);
    const changed = program({ description: "Robots" });
    const commands = {
      preview: () => s.stack.preview(program()),
      update: () => s.stack.up(changed),
      refresh: () => s.stack.refresh(),
      deletion: () => s.stack.up({}),
      destroy: () => s.stack.destroy(),
    };
    s.stack.parallel = true;
    for (const [name, command] of Object.entries(commands)) {
      const { error, calls, emails } = await s.measured(command);
      const logged = error instanceof AggregateError ? (error.errors as Error[]) : [error!];
      expect({ name, logged: logged.map(({ message }) => message) }).toEqual({
        name,
        logged: logged.map(() =>
          expect.stringMatching(/newer version.* npm install pulumi-avala@latest \[AVALA_STATE_VERSION\]$/),
        ),
      });
      expect([calls, emails]).toEqual([[], []]);
    }
    expect([...s.stack.resources]).toEqual(before);
  });
});

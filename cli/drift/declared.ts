import { namesOf, rosterOf } from "../../provider/schema/index.js";
import { declarationsOf, rosterMembership, type Declaration } from "../membership/declarations.js";
import type { CellState } from "../output/matrix.js";
import type { Managed } from "../pulumi/managed.js";
import { teamNamed, type Declared } from "./finding.js";
import type { Scene } from "./scene.js";

const states: Readonly<Partial<Record<string, CellState>>> = {
  invited: "invited",
  waiting: "waiting",
  expired: "expired",
  gone: "gone",
};

/** The people whom a resource of the state declares, as it records them. @param hidden the key may not see them */
export function declaredIn(
  { organization, teamNames }: Pick<Scene, "organization" | "teamNames">,
  resource: Managed,
  hidden: boolean,
): Declared[] {
  const { teamUid } = resource;
  return peopleOf(resource).map((declaration) => {
    const { person, role } = personIn(declaration, resource);
    const team = teamUid === undefined ? undefined : teamNamed(teamUid, teamNames);
    return { organization, team, person, role, state: states[declaration.status ?? ""] ?? "active", hidden };
  });
}

/** All of a roster, not only those who wait. */
function peopleOf(resource: Managed): Declaration[] {
  if (resource.kind !== "TeamRoster") return declarationsOf(resource);
  const waiting = new Set(namesOf(resource.outputs["waiting"]));
  return [...rosterOf(resource.outputs["members"])].map(([who, role]) =>
    rosterMembership(resource, who, role, waiting.has(who) ? "waiting" : "active"),
  );
}

/** A role that is secret is left out. */
export function personIn(
  { email, userUid, username, role }: Declaration,
  { secret }: Managed,
): Pick<Declared, "person" | "role"> {
  return { person: { email, userUid, username }, role: secret.has("role") ? undefined : role };
}

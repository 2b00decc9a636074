import type { Invitation, Member, TeamMember } from "../../provider/client/index.js";
import { normalizeEmail } from "../../provider/core/address.js";
import { printable } from "../../provider/core/text.js";
import type { Snapshot } from "../../provider/snapshot/index.js";
import { lookAt } from "../membership/live.js";
import { visible } from "../membership/visible.js";
import type { TeamOf } from "./report.js";

/** An organization as the service shows it; what the key may not see is undefined. */
export interface LivingOrganization {
  slug: string | undefined;
  name: string | undefined;
  allowedDomains: readonly string[];
  members: Member[] | undefined;
  invitations: Invitation[] | undefined;
  teams: (TeamOf & { members: TeamMember[] | undefined })[] | undefined;
  notes: string[];
}

/** Reads the detail of an organization, its lists, and the people of each team, each once. */
export async function livingOrganization(snapshot: Snapshot, uid: string): Promise<LivingOrganization> {
  const live = await lookAt(snapshot, uid);
  const { row, notes } = live;
  if (row === undefined)
    return {
      slug: undefined,
      name: undefined,
      allowedDomains: [],
      members: undefined,
      invitations: undefined,
      teams: undefined,
      notes,
    };
  const view = await snapshot.organization(uid);
  const [detail, rows] = await Promise.all([visible(view.detail()), visible(view.teams.get())]);
  const teams =
    rows &&
    (await Promise.all(
      [...rows.values()].map(async ({ uid: team, slug, name }) => {
        const people = await visible(view.team(team).then((found) => found?.members.get()));
        return { uid: team, slug, name, members: people && [...people.values()].map(normal) };
      }),
    ));
  const unseen = (teams ?? []).filter(({ members }) => members === undefined);
  return {
    slug: row.slug,
    name: row.name,
    allowedDomains: detail?.allowedDomains ?? [],
    members: live.members?.map(normal),
    invitations: live.invitations?.map(normal),
    teams,
    notes: [
      ...notes,
      ...(teams
        ? []
        : [`This API key cannot see the teams of ${printable(row.slug)}: what the state records is shown.`]),
      ...unseen.map(
        ({ name, uid: team }) =>
          `This API key cannot see the people of team ${printable(name ?? team)}: what the state records is shown.`,
      ),
    ],
  };
}

/** With the address in normal form, as declarations hold it. */
function normal<Row extends { email?: string | undefined }>(row: Row): Row {
  return row.email ? { ...row, email: normalizeEmail(row.email) } : row;
}

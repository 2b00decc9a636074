import { listAll } from "./pages.js";
import { path } from "./path.js";
import { teamPath } from "./teams.js";
import type { Transport } from "../http/transport.js";
import type { AvalaClient } from "../types.js";
import { teamMember } from "./wire.js";

export function teamMembers(transport: Transport): AvalaClient["teamMembers"] {
  const all = (slug: string, teamSlug: string) => `${teamPath(slug, teamSlug)}members/`;
  const one = (slug: string, teamSlug: string, userUid: string) => teamPath(slug, teamSlug) + path`members/${userUid}/`;
  return {
    list: async (slug, teamSlug) =>
      listAll(transport, {
        path: all(slug, teamSlug),
        row: teamMember,
        key: ({ userUid }) => userUid,
      }),
    add: async (slug, teamSlug, { userUid, role }) =>
      transport.act("POST", all(slug, teamSlug), { user_uid: userUid, role }),
    setRole: async (slug, teamSlug, userUid, role) =>
      transport.act("PATCH", `${one(slug, teamSlug, userUid)}role/`, { role }),
    remove: async (slug, teamSlug, userUid) => transport.act("DELETE", one(slug, teamSlug, userUid)),
  };
}

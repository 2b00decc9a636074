import { listAll } from "./pages.js";
import { organizationPath, path } from "./path.js";
import type { Transport } from "../http/transport.js";
import type { AvalaClient } from "../types.js";
import { member } from "./wire.js";

export function members(transport: Transport): AvalaClient["members"] {
  const all = (slug: string) => `${organizationPath(slug)}members/`;
  const one = (slug: string, userUid: string) => organizationPath(slug) + path`members/${userUid}/`;
  return {
    list: async (slug, filter) =>
      listAll(transport, {
        path: all(slug),
        row: member,
        key: ({ userUid }) => userUid,
        filter: { search: filter?.search, role: filter?.role },
      }),
    setRole: async (slug, userUid, role) => transport.act("PATCH", `${one(slug, userUid)}role/`, { role }),
    remove: async (slug, userUid) => transport.act("DELETE", one(slug, userUid)),
  };
}

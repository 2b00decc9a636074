import { listAll } from "./pages.js";
import { organizationPath, path } from "./path.js";
import type { Transport } from "../http/transport.js";
import type { AvalaClient } from "../types.js";
import { decode, decodeEcho, team, teamEcho } from "./wire.js";

/** `/organizations/{slug}/teams/{team slug}/`: teams are addressed by slug, never by uid. */
export function teamPath(slug: string, teamSlug: string): string {
  return organizationPath(slug) + path`teams/${teamSlug}/`;
}

export function teams(transport: Transport): AvalaClient["teams"] {
  const all = (slug: string) => `${organizationPath(slug)}teams/`;
  return {
    list: async (slug) => listAll(transport, { path: all(slug), row: team, key: ({ uid }) => uid }),
    get: async (slug, teamSlug) => decode(team, await transport.get(teamPath(slug, teamSlug))),
    create: async (slug, input) => decodeEcho(teamEcho, await transport.write("POST", all(slug), input)),
    update: async (slug, teamSlug, patch) =>
      decodeEcho(teamEcho, await transport.write("PATCH", teamPath(slug, teamSlug), patch)),
    delete: async (slug, teamSlug) => transport.act("DELETE", teamPath(slug, teamSlug)),
  };
}

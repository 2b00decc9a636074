import { listAll } from "./pages.js";
import { organizationPath, path } from "./path.js";
import type { Transport } from "../http/transport.js";
import type { AvalaClient } from "../types.js";
import { decodeEcho, invitation, invitationEcho } from "./wire.js";

export function invitations(transport: Transport): AvalaClient["invitations"] {
  const all = (slug: string) => `${organizationPath(slug)}invitations/`;
  const one = (slug: string, uid: string) => organizationPath(slug) + path`invitations/${uid}/`;
  return {
    list: async (slug) => listAll(transport, { path: all(slug), row: invitation, key: ({ uid }) => uid }),
    create: async (slug, { email, role }) =>
      decodeEcho(invitationEcho, await transport.write("POST", all(slug), { email, role })),
    resend: async (slug, uid) => transport.act("POST", `${one(slug, uid)}resend/`),
    cancel: async (slug, uid) => transport.act("POST", `${one(slug, uid)}cancel/`),
  };
}

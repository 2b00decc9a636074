import { listAll } from "./pages.js";
import { organizationPath, path } from "./path.js";
import type { Transport } from "../http/transport.js";
import type { AvalaClient } from "../types.js";
import { decode, decodeEcho, industryChoices, organization, organizationEcho } from "./wire.js";

export function organizations(transport: Transport): AvalaClient["organizations"] {
  return {
    list: () => listAll(transport, { path: path`/organizations/`, row: organization, key: ({ uid }) => uid }),
    get: async (slug) => decode(organization, await transport.get(organizationPath(slug))),
    create: async (input) => decodeEcho(organizationEcho, await transport.write("POST", path`/organizations/`, input)),
    update: async (slug, patch) =>
      decodeEcho(organizationEcho, await transport.write("PATCH", organizationPath(slug), patch)),
    delete: async (slug) => transport.act("DELETE", organizationPath(slug)),
    leave: async (slug) => transport.act("POST", `${organizationPath(slug)}leave/`),
    transferOwnership: async (slug, newOwnerUid) =>
      transport.act("POST", `${organizationPath(slug)}transfer-ownership/`, {
        new_owner_uid: newOwnerUid,
      }),
    industryChoices: async () => decode(industryChoices, await transport.get(path`/organizations/industry-choices/`)),
  };
}

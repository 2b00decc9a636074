import { type Api, operation } from "../operation.js";
import * as schemas from "../schemas.js";
import type { World } from "../world.js";

export function credentialRoutes(app: Api, world: World): void {
  operation(
    app,
    world,
    {
      id: "getPermissions",
      method: "get",
      path: "/users/me/permissions/",
      summary: "What the key may do; it does not say whose it is",
      tag: "credential",
      answer: schemas.permissions,
    },
    (call) =>
      call.json({
        type: "customer",
        is_staff_privileged: false,
        scopes: [],
        capabilities: [],
        toolsets: [],
      }),
  );
}

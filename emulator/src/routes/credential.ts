import { operation, type Service } from "../operation.js";
import * as schemas from "../schemas.js";

export function credentialRoutes(service: Service): void {
  operation(
    service,
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

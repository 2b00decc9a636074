import { forbidden, notFound } from "../errors.js";
import { type Call, operation, type Router } from "../operation.js";
import { grantOf } from "../scopes.js";
import * as schemas from "../schemas.js";
import type { Settings } from "../settings.js";

const LOGIN = `<!doctype html><title>Log in</title><h1>Log in</h1>`;

const currentUser: Record<Settings["currentUser"], (call: Call) => Response> = {
  full: ({ json, person: { uid, username } }) => json({ uid, username }),
  withoutUid: ({ json, person: { username } }) => json({ username }),
  403() {
    throw forbidden();
  },
  404() {
    throw notFound();
  },
  html: ({ html }) => html(LOGIN),
};

export function credentialRoutes(router: Router): void {
  const tag = "credential";

  operation(
    router,
    {
      id: "getCurrentUser",
      method: "get",
      path: "/users/me/",
      summary: "The API key's user",
      tag,
      answer: schemas.currentUser,
    },
    (call) => currentUser[call.key.currentUser ?? call.service.settings.currentUser](call),
  );

  operation(
    router,
    {
      id: "getPermissions",
      method: "get",
      path: "/users/me/permissions/",
      summary: "What the key may do, without its user",
      tag,
      answer: schemas.permissions,
    },
    (call) =>
      call.json({
        type: "customer",
        is_staff_privileged: false,
        capabilities: [],
        ...grantOf(call.key),
      }),
  );
}

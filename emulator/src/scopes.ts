import { z } from "@hono/zod-openapi";
import { forbidden } from "./errors.js";
import type { Key } from "./model.js";

const READ_AND_WRITE = [
  "agents",
  "datasets",
  "fleet",
  "models",
  "organizations",
  "projects",
  "qc",
  "slices",
  "storage",
  "tasks",
  "webhooks",
];

/** All that are published. */
const SCOPES: readonly string[] = [
  ...READ_AND_WRITE.flatMap((toolset) => [`${toolset}.read`, `${toolset}.write`]),
  "exports.create",
  "exports.read",
  "search.read",
];

export const scopes = () =>
  z.array(z.string().refine((scope) => SCOPES.includes(scope), "This is not a scope of the service."));

/** What a call of the organizations API needs. */
export const scopeOf = (method: string): string =>
  method.toLowerCase() === "get" ? "organizations.read" : "organizations.write";

export function requireScope({ scopes }: Key, scope: string): void {
  if (scopes && !scopes.includes(scope)) throw forbidden();
}

/** What a key is granted in effect, as the service reports it: an unrestricted one has every scope. */
export function grantOf({ scopes }: Key): { scopes: string[]; toolsets: string[] } {
  const granted = [...(scopes ?? SCOPES)];
  return { scopes: granted, toolsets: [...new Set(granted.map((scope) => scope.slice(0, scope.indexOf("."))))] };
}

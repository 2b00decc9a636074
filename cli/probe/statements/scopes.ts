import { plural } from "../../output/terminal.js";
import type { Reply } from "../reply.js";
import { objectIn, shownReply } from "../reply.js";
import { differs, holds, type Finding, type Statement } from "../statement.js";
import { answered } from "./look.js";

const section = "Scopes";

export const scopeStatements: readonly Statement[] = [
  {
    name: "scopes-are-reported",
    section,
    claim: "`GET /users/me/permissions/` lists the scopes or the toolsets of the key.",
    basis: "published",
    source: "Avala's TypeScript SDK",
    provider: "`doctor` prints them, and takes an empty list as a restricted key. No other command needs them.",
    ifDifferent: "`doctor` cannot say what the key may do. Nothing else changes.",
    copes: "yes",
    test: "test/cli/doctor.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => reported(reads.permissions) },
  },
  {
    name: "write-scope-opens-changes",
    section,
    claim: "The scope `organizations.write` is sufficient for every change of organizations, teams and people.",
    basis: "assumed",
    source: "Avala publishes the name of the scope",
    provider: "An error 403 names the scope that the request needs, and a refused change is not recorded.",
    ifDifferent: "Some changes need an unrestricted key.",
    copes: "refuses",
    test: "test/guards/scopes.test.ts",
    probe: { never: "it needs a key with this scope alone." },
  },
];

const areTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === "string");

function reported(permissions: Reply): Finding {
  return answered(permissions, () => {
    const { scopes, toolsets } = objectIn(permissions) ?? {};
    if (areTexts(scopes)) return holds(`The key has ${plural(scopes.length, "scope")}.`);
    if (areTexts(toolsets))
      return holds(`The key has ${plural(toolsets.length, "toolset")}, and no scopes are reported.`);
    return differs(`Answered ${shownReply(permissions)}, without a list of scopes or toolsets.`);
  });
}

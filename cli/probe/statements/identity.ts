import type { Statement } from "../statement.js";

export const identityStatements: readonly Statement[] = [];

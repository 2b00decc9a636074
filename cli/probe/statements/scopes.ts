import type { Statement } from "../statement.js";

export const scopeStatements: readonly Statement[] = [];

import type { Statement } from "../statement.js";

export const transportStatements: readonly Statement[] = [];

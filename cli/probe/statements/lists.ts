import type { Statement } from "../statement.js";

export const listStatements: readonly Statement[] = [];

import type { Statement } from "../statement.js";

export const peopleStatements: readonly Statement[] = [];

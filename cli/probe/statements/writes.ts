import type { Statement } from "../statement.js";

export const writeStatements: readonly Statement[] = [];

import { sections, type Statement } from "../statement.js";
import { emailStatements } from "./emails.js";
import { identityStatements } from "./identity.js";
import { listStatements } from "./lists.js";
import { peopleStatements } from "./people.js";
import { scopeStatements } from "./scopes.js";
import { transportStatements } from "./transport.js";
import { writeStatements } from "./writes.js";

const all = [
  ...transportStatements,
  ...listStatements,
  ...identityStatements,
  ...writeStatements,
  ...emailStatements,
  ...peopleStatements,
  ...scopeStatements,
];

/** Every statement of the contract, in the order of its sections. */
export const statements: readonly Statement[] = sections.flatMap((name) =>
  all.filter(({ section }) => section === name),
);

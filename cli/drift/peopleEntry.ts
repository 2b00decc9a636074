import { printable } from "../../provider/core/text.js";
import { personEntry, type ListedPerson } from "../output/peopleYaml.js";
import { jsonText } from "../output/terminal.js";
import type { ListFile } from "../pulumi/places.js";

/** Somebody who is to be listed. */
export type NewPerson = ListedPerson;

/** How a list is written. */
export type Format = Pick<ListFile, "format" | "columns" | "delimiter">;

/** Entries of people in the format of their list. */
export function entryText(people: readonly NewPerson[], { format, columns, delimiter }: Format): string {
  switch (format) {
    case "json":
      return people.map((person) => `${jsonText(objectOf(person))},\n`).join("");
    case "csv":
      return people.map((person) => rowOf(person, columns, delimiter)).join("");
    default:
      return people.map((person) => personEntry(person, true)).join("\n");
  }
}

function objectOf({ by, name, role, memberships }: NewPerson): object {
  return {
    [by]: name,
    ...(role === "member" ? {} : { role }),
    ...(memberships.size === 0 ? {} : { teams: Object.fromEntries(memberships) }),
  };
}

/** A row of a table; what its columns do not hold is a column more, with its title. */
function rowOf({ by, name, role, memberships }: NewPerson, columns: readonly string[], delimiter: string): string {
  const teams = [...memberships].map(([key, inTeam]) => `${key}: ${inTeam}`).join(", ");
  const values = new Map([
    [by as string, name],
    ["role", role === "member" ? "" : role],
    ["teams", teams],
  ]);
  const cells = columns.map((column) => values.get(column) ?? "");
  const missing = [...values].filter(([column, text]) => text !== "" && !columns.includes(column));
  const row = cells.map((text) => cellOf(text, delimiter)).join(delimiter);
  return `${row}${missing.map(([column, text]) => ` # ${column}: ${text}`).join("")}\n`;
}

/** In quotes where it has to be. */
function cellOf(value: string, delimiter: string): string {
  const text = printable(value, 254);
  const isPlain = !text.includes(delimiter) && !/["\r\n]/.test(text);
  return isPlain ? text : `"${text.replaceAll('"', '""')}"`;
}

import { printable } from "../../provider/core/text.js";
import { jsonText } from "./terminal.js";

/**
 * People as a file of People lists them. Text of the service is in literals and comments only, and without characters that
 * hide or steer.
 */

export const lineWidth = 120;

/** Somebody, as a file names them. */
export interface ListedPerson {
  /** Email address in normal form, or uid. */
  name: string;
  by: "email" | "user";
  /** As Avala shows it, for readers of the file. */
  fullName?: string | undefined;
  role: string;
  /** Roles in teams, by the key of the team. */
  memberships: ReadonlyMap<string, string>;
}

/** An entry of a file of people. @param withTeams whether it contains the team memberships too */
export function personEntry({ by, name, fullName, role, memberships }: ListedPerson, withTeams: boolean): string {
  const admin = role === "admin" ? "  role: admin\n" : "";
  return `- ${by}: ${scalar(name)}${nameComment(fullName)}\n${admin}${withTeams ? membershipsIn(memberships) : ""}`;
}

/** Team memberships as a property of a person. */
export function membershipsIn(memberships: ReadonlyMap<string, string>): string {
  if (memberships.size === 0) return "";
  const entries = [...memberships].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const list = `  teams: [${entries.map(([key]) => scalar(key)).join(", ")}]\n`;
  const plain = entries.every(([, role]) => role === "member");
  return plain && list.length <= 120 ? list : mapping(entries, "teams", 2);
}

/** A text as a literal of YAML and JSON, in double quotes; of TypeScript as well. */
export function literal(text: string): string {
  return jsonText(text);
}

/** Words that one reader of YAML or another takes for something else than text. */
const words = new Set(["true", "false", "null", "yes", "no", "on", "off", "y", "n"]);

/** A text as a scalar of YAML that every reader takes for the very same text. */
export function scalar(text: string): string {
  const plain = /^[A-Za-z][\w.@+-]*(?: [A-Za-z0-9_][\w.@+-]*)*$/.test(text) && text.length < lineWidth;
  return plain && !words.has(text.toLowerCase()) ? text : literal(text);
}

/** A comment behind a value: the name of a person, so that people who are listed by address or uid are recognised. */
export function nameComment(fullName: string | undefined): string {
  const shown = printable(fullName ?? "");
  return shown === "" ? "" : ` # ${shown}`;
}

/** A mapping of names to texts: on one line where there is room, else a line for each. */
export function mapping(entries: readonly (readonly [string, string])[], key: string, indent: number): string {
  const margin = " ".repeat(indent);
  const parts = entries.map(([name, value]) => `${scalar(name)}: ${scalar(value)}`);
  if (parts.length === 0) return `${margin}${key}: {}\n`;
  const line = `${margin}${key}: { ${parts.join(", ")} }`;
  if (line.length <= lineWidth) return `${line}\n`;
  return `${margin}${key}:\n${parts.map((part) => `${margin}  ${part}\n`).join("")}`;
}

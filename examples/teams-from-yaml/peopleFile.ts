import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { parseDocument } from "yaml";

/** The content of people.yaml. */
export interface PeopleFile {
  organization: string;
  teams: Record<string, { name: string; description?: string }>;
  people: Person[];
}

export interface Person {
  /** In normal form: it names resources, and a different spelling must not rename them. */
  email: string;
  role?: "admin" | "member";
  teams?: Record<string, "lead" | "member">;
  reason?: string;
  validUntil?: string;
}

/** Reads and checks the file. All its faults make one error: a misspelt field must not take anybody's access away. */
export function readPeopleFile(path: string): PeopleFile {
  const document = parseDocument(readFileSync(path, "utf8"));
  const file = (document.errors.length > 0 ? {} : document.toJS()) as PeopleFile;
  const faults = document.errors.map(({ message }) => message);
  if (faults.length === 0) faults.push(...unlike("the file", file, ["organization", "teams", "people"]));
  if (faults.length === 0 && !Array.isArray(file.people)) faults.push('"people" is not a list');
  const sound = faults.length === 0;
  const people = sound ? file.people.map((person) => ({ ...person, email: normal(person?.email) })) : [];
  for (const [key, team] of sound ? Object.entries(file.teams) : []) {
    faults.push(...unlike(`team ${key}`, team, ["name"], ["description"]));
  }
  people.forEach((person, index) => {
    const who = person.email || `entry ${index + 1} of people`;
    faults.push(...unlike(who, person, ["email"], ["role", "teams", "reason", "validUntil"]));
    if (people.findIndex(({ email }) => email === person.email) < index) faults.push(`${who} is listed twice`);
    const unknown = Object.keys(person.teams ?? {}).filter((key) => !Object.hasOwn(file.teams, key));
    faults.push(...unknown.map((key) => `${who}: unknown team "${key}"; add it under teams`));
  });
  if (faults.length > 0) throw new RunError(`${basename(path)} is invalid:\n  ${faults.join("\n  ")}`);
  return { ...file, people };
}

/** Missing and unknown keys of a part of the file. */
function unlike(what: string, value: object | null, needed: string[], allowed: string[] = []): string[] {
  const found = Object.entries(value ?? {});
  const missing = needed.filter((key) => !found.some(([name, item]) => name === key && (item ?? "") !== ""));
  const unknown = found.map(([key]) => key).filter((key) => ![...needed, ...allowed].includes(key));
  return [
    ...missing.map((key) => `${what}: "${key}" is missing`),
    ...unknown.map((key) => `${what}: "${key}" is unknown; expected ${[...needed, ...allowed].join(", ")}`),
  ];
}

function normal(email: unknown): string {
  return `${email ?? ""}`.trim().normalize("NFC").toLowerCase();
}

import { printable } from "../../provider/core/text.js";
import type { ChangeRow, Review } from "./report.js";
import { counted, nameOfScope, unknownRole, weighty } from "./words.js";
import { nameOfPerson } from "../membership/lookup.js";

const mostNodes = 40;

interface Edge {
  from: string;
  to: string;
  line: string;
  style: "gained" | "lost" | "other";
}

/** The graph of gained and lost access, as GitHub draws it: people on the left, organizations and teams on the right. */
export function graphOf({ changes }: Review): string {
  const rows = changes.filter(({ effect }) => weighty.has(effect));
  if (rows.length === 0) return "";
  const nodes = new Map<string, { id: string; line: string }>();
  const node = (key: string, shape: (id: string) => string) => {
    const known = nodes.get(key);
    if (known) return known.id;
    const id = `n${nodes.size}`;
    nodes.set(key, { id, line: shape(id) });
    return id;
  };
  const edges: Edge[] = [];
  let left = 0;
  for (const row of rows) {
    const [person, scope] = [personKey(row), scopeKey(row)];
    const fresh = [person, scope].filter((key) => !nodes.has(key)).length;
    if (nodes.size + fresh > mostNodes) {
      left++;
      continue;
    }
    const from = node(person, (id) => `${id}(["${label(nameOfPerson(row.person))}"])`);
    const to = node(scope, (id) => `${id}["${scopeLabel(row)}"]`);
    edges.push(edgeOf(row, from, to));
  }
  const more = left === 0 ? [] : [`more["and ${counted(left, "change", "changes")} more"]`];
  const lines = [
    "graph LR",
    ...[...nodes.values()].map(({ line }) => line),
    ...more,
    ...edges.map(({ line }) => line),
    ...styles(edges),
  ];
  return `\`\`\`mermaid\n${lines.join("\n")}\n\`\`\``;
}

function personKey({ person }: ChangeRow): string {
  return JSON.stringify([person.userUid ?? person.email ?? person.hidden]);
}

function scopeKey({ organization, team }: ChangeRow): string {
  return JSON.stringify([
    organization.uid ?? organization.resource ?? organization.name,
    team && (team.uid ?? team.resource ?? team.name),
  ]);
}

function scopeLabel({ organization, team }: ChangeRow): string {
  const name = label(nameOfScope(organization));
  return team ? `${label(nameOfScope(team))} · ${name}` : name;
}

function edgeOf({ effect, before, after }: ChangeRow, from: string, to: string): Edge {
  const role = printable((after ?? before)?.role ?? unknownRole, 20);
  switch (effect) {
    case "loses":
    case "withdrawn":
      return { from, to, style: "lost", line: `${from} -. "${label(`- ${role}`)}" .-> ${to}` };
    case "role":
      return {
        from,
        to,
        style: "other",
        line: `${from} -- "${label(before?.role ?? unknownRole, 20)} → ${label(role)}" --> ${to}`,
      };
    default:
      return {
        from,
        to,
        style: "gained",
        line: `${from} == "${label(`+ ${role}${effect === "gains" ? "" : ", later"}`)}" ==> ${to}`,
      };
  }
}

function styles(edges: readonly Edge[]): string[] {
  const at = (style: Edge["style"]) => edges.flatMap((edge, index) => (edge.style === style ? [index] : []));
  const colours = { gained: "#1a7f37", lost: "#cf222e", other: "#9a6700" };
  return (["gained", "lost", "other"] as const)
    .filter((style) => at(style).length > 0)
    .map((style) => `linkStyle ${at(style).join(",")} stroke:${colours[style]}`);
}

/**
 * Letters, digits and what means nothing to Mermaid; the rest by its own references, which it shows as text. A hyphen, plus
 * or "1." in front would be a list of Markdown, in whose place some of its versions show an error.
 */
function label(text: string, length = 40): string {
  return printable(text, length).replace(/[^\p{L}\p{M}\p{N} ,…]/gu, (character) => `#${character.codePointAt(0)};`);
}

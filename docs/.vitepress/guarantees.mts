import { marked, type Tokens } from "marked";
import { read } from "./project.mjs";

const SENTENCES = 2;

interface Feature {
  readonly title: string;
  /** As HTML. */
  readonly details: string;
}

/** The guarantees of the README, each with its first sentences, for the first page of the site. */
export function guarantees(): Feature[] {
  const tokens = marked.lexer(read("README.md"));
  const start = tokens.findIndex((token) => token.type === "heading" && token.text === "Guarantees");
  const list = tokens.slice(start).find((token): token is Tokens.List => token.type === "list");
  return list!.items.map(({ text }) => featureOf(text.replaceAll("\n", " ")));
}

function featureOf(text: string): Feature {
  const [, title, rest] = /^\*\*(.+?)\.?\*\* (.*)$/.exec(text)!;
  const details = rest!.split(/(?<=\.) (?=[A-Z])/).slice(0, SENTENCES);
  return { title: title!, details: marked.parseInline(details.join(" ")) as string };
}

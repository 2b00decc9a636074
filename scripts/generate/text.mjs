// Words and tables of generated files.
export const article = (kind) => `${/^[AEIOU]/.test(kind) ? "an" : "a"} ${kind}`;
export const lowerFirst = (kind) => kind[0].toLowerCase() + kind.slice(1);
export const cell = (text) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
export const table = (titles, rows) =>
  [titles, titles.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** A block of code in Markdown. */
export const fence = (language, text) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

export const upperFirst = (text) => text[0].toUpperCase() + text.slice(1);

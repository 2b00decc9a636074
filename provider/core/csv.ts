/** A cell of a table. */
export interface Cell {
  /** Without the quotes, and without space around it. */
  text: string;
  /** Where it begins in the file. */
  offset: number;
}

/** A file of comma-separated values: its first row names the columns. Rows without any text are left out. */
export class Table {
  constructor(
    readonly header: readonly Cell[],
    readonly rows: readonly (readonly Cell[])[],
  ) {}
}

/** A text is not a valid table; `offset` is the position of the fault. */
export class TableError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/**
 * Characters that spreadsheets write between cells, depending on the language. The file uses the first one in its first
 * row.
 */
const delimiters = [",", ";", "\t"];

/**
 * The table of a text as spreadsheets export it: cells in quotes may contain delimiters, line ends and doubled quotes.
 * @throws TableError at the first quote that does not begin or end a cell
 */
export function tableOf(text: string): Table {
  // Some spreadsheets state the delimiter in a first line of its own.
  const named = /^sep=(.)(?:\r\n|\n|\r)/i.exec(text);
  const start = named?.[0].length ?? 0;
  const delimiter = named?.[1] ?? delimiterIn(text);
  const rows = rowsOf(text, start, delimiter).filter((row) => row.some((cell) => cell.text !== ""));
  const [header = [], ...others] = rows;
  return new Table(header, others);
}

function delimiterIn(text: string): string {
  const [first = ""] = /^\s*(?:"[^"]*"|[^"\r\n])*/.exec(text.slice(0, 10_000)) ?? [];
  const outside = first.replace(/"[^"]*"/g, "");
  return [...outside].find((character) => delimiters.includes(character)) ?? ",";
}

function rowsOf(text: string, start: number, delimiter: string): Cell[][] {
  const rows: Cell[][] = [[]];
  let at = start;
  for (;;) {
    const { cell, end } = cellAt(text, at, delimiter);
    rows.at(-1)!.push(cell);
    if (end >= text.length) return rows;
    at = end + 1;
    if (text[end] === delimiter) continue;
    if (text[end] === "\r" && text[at] === "\n") at++;
    rows.push([]);
  }
}

/** @returns the cell, and the offset of the delimiter or line end behind it */
function cellAt(text: string, at: number, delimiter: string): { cell: Cell; end: number } {
  const isEnd = (offset: number) => offset >= text.length || [delimiter, "\r", "\n"].includes(text[offset]!);
  let offset = at;
  while (text[offset] === " ") offset++;
  if (text[offset] !== '"') {
    let end = offset;
    for (; !isEnd(end); end++) if (text[end] === '"') throw new TableError("a quote inside of an unquoted cell", end);
    return { cell: { text: text.slice(offset, end).trim(), offset }, end };
  }
  let closing = offset;
  do {
    closing = text.indexOf('"', closing + 1);
    if (closing < 0) throw new TableError("a quoted cell without a closing quote", offset);
    // A doubled quote is one quote in the cell's text.
  } while (text[closing + 1] === '"' && ++closing > 0);
  let end = closing + 1;
  while (text[end] === " ") end++;
  if (!isEnd(end)) throw new TableError("text behind the closing quote of a cell", end);
  return {
    cell: {
      text: text
        .slice(offset + 1, closing)
        .replaceAll('""', '"')
        .trim(),
      offset,
    },
    end,
  };
}

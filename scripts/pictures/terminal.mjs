import { stripVTControlCharacters } from "node:util";

/** Characters in a line of the terminal. */
export const COLUMNS = 96;

const FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const [CHARACTER, LINE, EDGE, BAR] = [8.4, 20, 16, 28];

/** As GitHub's own light and dark themes have them; the keys are codes of ANSI. */
const COLOURS = {
  light: {
    ground: "#f6f8fa",
    edge: "#d1d9e0",
    dot: "#c4cbd2",
    text: "#1f2328",
    2: "#59636e",
    31: "#a40e26",
    32: "#116329",
    33: "#7d4e00",
    34: "#0550ae",
    36: "#0e5f6b",
  },
  dark: {
    ground: "#0d1117",
    edge: "#3d444d",
    dot: "#3d444d",
    text: "#e6edf3",
    2: "#9198a1",
    31: "#ffa198",
    32: "#7ee787",
    33: "#e3b341",
    34: "#79b8ff",
    36: "#56d4dd",
  },
};
const BOLD = 1;
/** Codes that end a style: everything, weight, colour. */
const ENDS = { 0: () => true, 22: (code) => code <= 2, 39: (code) => code >= 30 };

/** What a command has printed at a terminal, with its colours, as a picture whose text is text. */
export function terminalSvg(screen, scheme) {
  const lines = screen.trimEnd().split("\n").flatMap(wrapped);
  const [width, height] = [Math.ceil(COLUMNS * CHARACTER + 2 * EDGE), lines.length * LINE + 1.5 * EDGE + BAR];
  const colours = COLOURS[scheme];
  const dots = [0, 1, 2].map(
    (at) => `<circle cx="${EDGE + 5 + at * 18}" cy="${BAR / 2 + 2}" r="5" fill="${colours.dot}"/>`,
  );
  const open = new Set();
  const texts = lines.map((line, at) => lineSvg(line, BAR + EDGE + at * LINE, open, colours));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="${colours.ground}" stroke="${colours.edge}"/>
${dots.join("")}
<g font-family="${FONT}" font-size="14" fill="${colours.text}">
${texts.join("\n")}
</g>
</svg>
`;
}

/** A line that is longer than the terminal is wide; between words, below its own beginning. */
function wrapped(line) {
  const [indent] = /^ */.exec(line);
  const lines = [];
  for (const word of line.slice(indent.length).split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && stripVTControlCharacters(longer).length <= COLUMNS) lines[lines.length - 1] = longer;
    else lines.push(indent + word);
  }
  return lines;
}

/** Runs of one style, each at its column; `open` holds the codes that are on, from line to line. */
function lineSvg(line, y, open, colours) {
  let column = 0;
  const [before, ...rest] = line.split("\u001b[");
  const runs = [runSvg(before, column, y, open, colours)];
  column += [...before].length;
  for (const part of rest) {
    const [code, codes] = /^([\d;]*)m/.exec(part);
    for (const one of codes.split(";")) turn(open, Number(one));
    const text = part.slice(code.length);
    runs.push(runSvg(text, column, y, open, colours));
    column += [...text].length;
  }
  return runs.join("");
}

function turn(open, code) {
  const ends = ENDS[code];
  if (ends === undefined) open.add(code);
  else for (const one of open) if (ends(one)) open.delete(one);
}

/** Its length is given, so that columns stand below each other in any font. */
function runSvg(part, column, y, open, colours) {
  const text = part.trim();
  if (text === "") return "";
  const x = EDGE + (column + part.indexOf(text)) * CHARACTER;
  const colour = [...open].findLast((code) => colours[code] !== undefined);
  const weight = open.has(BOLD) ? ' font-weight="600"' : "";
  const fill = colour === undefined ? "" : ` fill="${colours[colour]}"`;
  const length = ([...text].length * CHARACTER).toFixed(1);
  // Other spaces would be taken for one.
  const shown = escaped(text).replaceAll(" ", "\u00a0");
  return `<text x="${x.toFixed(1)}" y="${y}" textLength="${length}"${weight}${fill}>${shown}</text>`;
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const escaped = (text) => text.replaceAll(/[&<>]/g, (character) => ENTITIES[character]);

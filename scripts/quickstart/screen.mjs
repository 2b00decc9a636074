const WIDTH = 100;
const MARGIN = "   ";

const colourful = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (words) => (colourful ? `\x1b[${code}m${words}\x1b[0m` : words);
const [bold, dim] = [paint("1"), paint("2")];
const SIGNS = { "+": paint("32"), "~": paint("33"), "-": paint("31") };

const print = (line = "") => process.stdout.write(`${line}\n`);
// A reader that has seen enough (head, a pager) ends the story, without a stack trace.
process.stdout.on("error", () => process.exit(1));

export function opening(url) {
  print(bold("pulumi-avala: organizations, teams and people as code"));
  print();
  print("An emulator of Avala's API stands in for the service: no account is needed, and no mail leaves this machine.");
  print(`It listens on ${url}. Lines that begin with │ are pulumi's, shortened.`);
}

export function heading(number, title) {
  print();
  print(bold(`${number}. ${title}`));
}

export function paragraph(words) {
  for (const line of wrapped(words, WIDTH - MARGIN.length)) print(`${MARGIN}${line}`);
}

function wrapped(words, width) {
  const lines = [""];
  for (const word of words.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`.trimStart();
    if (longer.length > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** A changed line of the program: `-` before, `+` after. */
export function programLine(sign, line) {
  print(`${MARGIN}  ${SIGNS[sign](`${sign} ${line}`)}`);
}

/** What pulumi has said of each resource. */
export function pulumiRows(rows) {
  const width = (key) => Math.max(...rows.map((row) => row[key].length));
  const [kinds, names] = [width("kind"), width("name")];
  for (const { sign, kind, name, diff } of rows) {
    const line = `${sign} ${kind.padEnd(kinds)}  ${name.padEnd(names)}  ${diff}`.trimEnd();
    print(`${MARGIN}${dim("│")} ${SIGNS[sign](line)}`);
  }
}

export function pulumiLine(line) {
  print(`${MARGIN}${dim("│")} ${line}`);
}

export const personText = ({ email, role }) => `${email} (${role})`;

/** What Avala holds of an organization, as the emulator tells it. */
export function inventory({ name, slug, members, invitations, teams }) {
  const list = (people) => people.map(personText).join(", ") || "nobody";
  const pending = invitations.filter(({ status }) => status === "pending");
  const lines = [
    ["members", list(members)],
    ["invited", list(pending)],
    ...teams.map((team) => [`team ${team.name}`, list(team.members)]),
  ];
  const width = Math.max(...lines.map(([label]) => label.length));
  print(`${MARGIN}Avala now holds ${name} (${slug}):`);
  for (const [label, value] of lines) print(`${MARGIN}  ${label.padEnd(width)}  ${value}`);
}

const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;
const counted = (number, what) => `${number || "no"} ${what}${number === 1 ? "" : "s"}`;

export function cost({ calls, writes, mails }, elapsed) {
  const api = `${counted(calls, "API call")} (${counted(writes, "change")})`;
  print(dim(`${MARGIN}${api}, ${counted(mails, "mail")}, ${seconds(elapsed)}`));
}

export function closing({ calls, writes, mails }, elapsed) {
  const api = `${counted(calls, "API call")}, ${writes} of them changes`;
  print();
  print(bold(`Done in ${seconds(elapsed)}: ${api}, and ${counted(mails, "mail")}.`));
  print('To declare people of your own, see "Install" in README.md.');
}

import { columns, plural, wrapped, type Terminal } from "../output/terminal.js";
import type { Profile } from "./profile.js";
import { settingsOf, type Result } from "./results.js";
import { sections, type Statement, type Verdict } from "./statement.js";

/** Verdicts as people read them. */
export const shownVerdicts: Record<Verdict, string> = {
  holds: "holds",
  differs: "differs",
  notVisible: "not visible",
  notTried: "not tried",
};
const verdicts = Object.keys(shownVerdicts) as Verdict[];

/** What the provider makes of a deployment that differs. */
export const coping: Record<Statement["copes"], string> = {
  yes: "The provider works with it",
  refuses: "The provider ends with an error where it cannot be sure, and changes nothing by mistake",
  no: "The provider does not work correctly with it",
};

export interface Report {
  results: readonly Result[];
  /** Requests that were sent. */
  requests: number;
  profile: Profile;
}

const width = 100;

export function show({ results, requests }: Report, terminal: Terminal): void {
  showDifferences(
    results.filter(({ finding }) => finding.verdict === "differs"),
    terminal,
  );
  for (const section of sections) {
    const rows = results.filter(({ statement }) => statement.section === section);
    if (rows.length === 0) continue;
    terminal.heading(section);
    const shown = rows.map(({ statement, finding }) => [
      shownVerdicts[finding.verdict],
      statement.name,
      finding.details,
    ]);
    for (const line of columns(shown)) terminal.result(`  ${line}`);
    terminal.result("");
  }
  const settings = Object.keys(settingsOf(results)).length;
  terminal.result(
    `${counted(results)}. ${plural(requests, "request")}, ${plural(settings, "setting")} of the emulator known.`,
  );
}

/** "41 hold, 1 differs, 3 are not visible, 20 were not tried". */
function counted(results: readonly Result[]): string {
  const of = (verdict: Verdict) => results.filter(({ finding }) => finding.verdict === verdict).length;
  const [holds, differs, notVisible, notTried] = verdicts.map(of) as [number, number, number, number];
  const parts = [
    `${holds} ${holds === 1 ? "holds" : "hold"}`,
    `${differs} ${differs === 1 ? "differs" : "differ"}`,
    `${notVisible} ${notVisible === 1 ? "is" : "are"} not visible`,
    `${notTried} ${notTried === 1 ? "was" : "were"} not tried`,
  ];
  return parts.join(", ");
}

function showDifferences(differing: readonly Result[], terminal: Terminal): void {
  if (differing.length === 0) return;
  terminal.heading(`Differs from the contract (${differing.length})`);
  for (const { statement, finding } of differing) {
    terminal.result(`  ${statement.name}`);
    const lines = [
      `Contract: ${statement.claim}`,
      `This deployment: ${finding.details}`,
      `Meaning: ${statement.ifDifferent}`,
      `${coping[statement.copes]} (${statement.test}).`,
    ];
    for (const line of lines) terminal.result(wrapped(line, 4, width));
    terminal.result("");
  }
}

/** The shape of `--json`; docs/reference/commands.md describes it. */
export function asJson({ results, requests, profile }: Report): object {
  return {
    date: profile.date,
    requests,
    counts: Object.fromEntries(
      verdicts.map((verdict) => [verdict, results.filter(({ finding }) => finding.verdict === verdict).length]),
    ),
    settings: profile.settings,
    statements: results.map(({ statement, finding: { verdict, details } }) => {
      const { name, section, claim, ifDifferent, copes, test } = statement;
      return { name, section, claim, verdict, details, ...(verdict === "differs" && { ifDifferent, copes, test }) };
    }),
  };
}

import { appendFile } from "node:fs/promises";
import { SettingReader } from "../../provider/client/index.js";
import { normalizeDomain } from "../../provider/core/address.js";
import { quoted } from "../../provider/core/text.js";
import { sharedOptions, type ExitCode, type Invocation } from "../command.js";
import { ApprovedReviewError, UsageError } from "../errors.js";
import { inputText } from "../input.js";
import { cannotWrite, writeOutput } from "../output/file.js";
import { jsonText } from "../output/terminal.js";
import { bindingOf, type Expected } from "./approved.js";
import { htmlOf } from "./html.js";
import { countOf, exceededBy, rulesOf } from "./limits.js";
import { markdownOf } from "./markdown.js";
import { masked } from "./mask.js";
import { asJson, type Binding, type Review } from "./report.js";
import { show, textOf } from "./text.js";
import { rules, type Standards } from "./warnings.js";
import { listed, notices } from "./words.js";

/** Options of the commands that report access changes. */
export const reportOptions = {
  markdown: { type: "boolean", description: "Print Markdown, for a comment on a pull request." },
  html: { type: "boolean", description: "Print a self-contained HTML page." },
  out: { type: "string", value: "<file>", description: "Write the report to a file instead of stdout." },
  "json-out": {
    type: "string",
    value: "<file>",
    description: "Also write the report as JSON to a file, for --approved: complete, and never masked.",
  },
  "mask-emails": { type: "boolean", description: "Show addresses as a***@example.com, in every format." },
  "max-removals": {
    type: "string",
    value: "<n>",
    description: "Exit 2 if more than <n> people lose access to any organization or team.",
  },
  "max-emails": { type: "string", value: "<n>", description: "Exit 2 if more than <n> emails may be sent." },
  deny: {
    type: "string",
    multiple: true,
    value: "<rule>",
    description: `Exit 2 on any of: ${Object.keys(rules).join(", ")}.`,
  },
  "allow-domain": {
    type: "string",
    multiple: true,
    value: "<domain>",
    description: "An email domain that is not external; default: the domains of the people in the organization.",
  },
  approved: {
    type: "string",
    value: "<file>",
    description:
      "Exit 2 on a change not in this approved report of the same command (its --json), unless an acceptance made it possible. A report that exceeded a limit is an error.",
  },
  bind: {
    type: "string",
    multiple: true,
    value: "<name=value>",
    description:
      "Record what the report belongs to, such as a commit, under the digest of --json; with --approved, fail unless the approved report was bound to the same value.",
  },
  "allow-exceeded": {
    type: "boolean",
    description: "With --approved, accept an approved report that exceeded a limit.",
  },
  ...sharedOptions,
} as const;

type Options = typeof reportOptions;

/** What the options of a report say, checked. */
export interface ReportRequest<Report extends Review> {
  format: Format;
  standards: Standards;
  /** What was approved, with `--approved`. */
  approved: Report | undefined;
  binding: Binding | undefined;
  /** Every limit of the options that a report exceeds. */
  exceededBy(review: Review): Review["exceeded"];
}

/**
 * Reads the options, and fails before anything is run if one of them is not valid.
 * @param approvedReport reads what was approved
 */
export async function reportRequest<Report extends Review>(
  invocation: Invocation<Options>,
  approvedReport: (document: unknown, expected: Expected) => Report,
): Promise<ReportRequest<Report>> {
  const { options } = invocation;
  const limits = {
    maxRemovals: countOf(options["max-removals"], "--max-removals"),
    maxEmails: countOf(options["max-emails"], "--max-emails"),
    deny: rulesOf(options.deny),
  };
  const format = formatOf(options);
  const binding = bindingOf(options.bind);
  const { approved: file, "allow-exceeded": allowExceeded } = options;
  return {
    format,
    binding,
    standards: {
      maxRemovals: allowedRemovals(invocation),
      domains: options["allow-domain"].map((domain) => normalizeDomain(domain.trim().replace(/^@/, ""))),
    },
    approved: file === undefined ? undefined : approvedReport(await approvedDocument(file), { binding, allowExceeded }),
    exceededBy: (review) => exceededBy(review, limits),
  };
}

/** Prints or writes a report, with what it exceeds. */
export async function publish(
  invocation: Invocation<Options>,
  { format, binding }: Pick<ReportRequest<Review>, "format" | "binding">,
  review: Review,
): Promise<ExitCode> {
  const { options, terminal } = invocation;
  const complete = { ...review, ...(binding && { binding }) };
  const found = options["mask-emails"] ? masked(complete) : complete;
  const reported = format === "markdown" ? withCut(found) : found;
  if (format === "json" || options.out !== undefined) for (const notice of notices(found)) terminal.note(notice);
  if (options["json-out"] !== undefined) await writeOutput(options["json-out"], jsonReport(complete));
  await print(invocation, format, reported);
  await writeStepSummary(invocation, reported);
  for (const { message } of reported.exceeded) terminal.error(message);
  return reported.exceeded.length > 0 ? 2 : 0;
}

/** A comment that is not complete is not one to approve. */
function withCut(review: Review): Review {
  const { cut } = markdownOf(review);
  if (cut === 0) return review;
  const message = `${cut} lines do not fit into a comment: read the review as HTML or JSON, or split the change.`;
  return { ...review, exceeded: [...review.exceeded, { limit: "size", message }] };
}

/** What GitHub takes as the summary of a step. */
const mostOfSummary = 1_000_000;

/** On GitHub Actions the review is also on the page of the run, where more people see it: with masked addresses. */
async function writeStepSummary({ environment }: Invocation<Options>, review: Review): Promise<void> {
  const file = environment["GITHUB_STEP_SUMMARY"];
  if (file === undefined || file === "") return;
  const { text } = markdownOf(review.masked ? review : masked(review), mostOfSummary);
  await appendFile(file, `${text}\n`).catch(cannotWrite(file));
}

type Format = "text" | "json" | "markdown" | "html";

function formatOf(options: Readonly<Record<string, unknown>>): Format {
  const given = (["json", "markdown", "html"] as const).filter((name) => options[name] === true);
  if (given.length > 1)
    throw new UsageError(
      `${listed(given.map((name) => `--${name}`))} cannot be combined.`,
      "Run the command once for each.",
    );
  return given[0] ?? "text";
}

async function print({ options, terminal }: Invocation<Options>, format: Format, review: Review): Promise<void> {
  if (options.out === undefined) {
    if (format === "json") terminal.json(asJson(review));
    else if (format === "text") show(review, terminal);
    else terminal.result(format === "html" ? htmlOf(review).trimEnd() : markdownOf(review).text);
    return;
  }
  await writeOutput(options.out, written(format, review));
}

function jsonReport(review: Review): string {
  return `${jsonText(asJson(review), 2)}\n`;
}

function written(format: Format, review: Review): string {
  switch (format) {
    case "json":
      return jsonReport(review);
    case "html":
      return htmlOf(review);
    case "markdown":
      return `${markdownOf(review).text}\n`;
    default:
      return `${textOf(review)
        .map(({ heading, lines }) =>
          [...(heading === undefined ? [] : ["", heading]), ...lines.map(({ text }) => text)].join("\n"),
        )
        .join("\n")}\n`;
  }
}

async function approvedDocument(file: string): Promise<unknown> {
  try {
    return JSON.parse(await inputText(file)) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ApprovedReviewError(
      `${quoted(file)} is not valid JSON.`,
      "Pass the file that review --json --out has written.",
    );
  }
}

/** The limit of the run itself, unless the stack configuration sets it. */
function allowedRemovals({ environment }: Pick<Invocation, "environment">): number {
  const read = new SettingReader(
    (name) => environment[name],
    () => undefined,
  );
  return read.number("AVALA_MAX_REMOVALS", "avala:maxRemovals") ?? 10;
}

import { writeFile } from "node:fs/promises";
import { SettingReader } from "../../provider/client/index.js";
import { normalizeDomain } from "../../provider/core/address.js";
import { printable, quoted } from "../../provider/core/text.js";
import { defineCommand, sharedOptions, type ExitCode, type Invocation } from "../command.js";
import { ApprovedReviewError, PreviewError, StackError, UsageError } from "../errors.js";
import { inputText, sourceName } from "../input.js";
import { isInProject, previewed } from "../pulumi/run.js";
import { jsonText } from "../output/terminal.js";
import { approvedReview, unapproved } from "./approved.js";
import { htmlOf } from "./html.js";
import { countOf, exceededBy, rulesOf } from "./limits.js";
import { markdownOf } from "./markdown.js";
import { masked } from "./mask.js";
import { previewOf } from "../pulumi/preview.js";
import { asJson, reviewOf, type Review } from "./report.js";
import { show, textOf } from "./text.js";
import { rules } from "./warnings.js";
import { incompleteWords } from "./words.js";

const options = {
  markdown: { type: "boolean", description: "As Markdown, for a comment on a pull request." },
  html: { type: "boolean", description: "As one HTML page that needs nothing else." },
  out: { type: "string", value: "<file>", description: "Write the review to a file, in place of stdout." },
  "mask-emails": { type: "boolean", description: "Show addresses as a***@example.com, in every format." },
  "max-removals": {
    type: "string",
    value: "<n>",
    description: "Exit with 2 where more people lose one organization or team.",
  },
  "max-mails": { type: "string", value: "<n>", description: "Exit with 2 where more mails may be sent." },
  deny: {
    type: "string",
    multiple: true,
    value: "<rule>",
    description: `Exit with 2 on one of: ${Object.keys(rules).join(", ")}.`,
  },
  "allow-domain": {
    type: "string",
    multiple: true,
    value: "<domain>",
    description: "An e-mail domain that is not foreign; by default those of the people in the organization.",
  },
  approved: {
    type: "string",
    value: "<file>",
    description:
      "Exit with 2 on a step that this review (from --json) does not hold, and that has not just become possible.",
  },
  ...sharedOptions,
} as const;

type Options = typeof options;

export const review = defineCommand({
  name: "review",
  summary: "Tell who gains and who loses what by a preview.",
  operands: [
    {
      name: "[preview.json]",
      optional: true,
      description: "the output of pulumi preview --json --show-sames, or - for stdin; without it the preview is run",
    },
  ],
  options,
  about: [
    "Reads the output of pulumi preview --json --show-sames, and tells who gains and who loses which access: per person, organization and team, with roles before and after, mails and requests it takes, and what somebody who approves should look at. Who is only handed over from one resource to another loses nothing.",
    "It asks Avala nothing and needs no key. Without a file it runs pulumi preview in the project, which looks as every preview does, and changes nothing.",
  ],
  sends: [],
  examples: [
    "review",
    "review preview.json --markdown --mask-emails",
    "review preview.json --json --out review.json",
    "review - --max-removals 5 --deny admin-grants --deny external-domains < preview.json",
    "review --approved review.json",
  ],
  run: tellReview,
});

async function tellReview(invocation: Invocation<Options>): Promise<ExitCode | void> {
  const { options, terminal } = invocation;
  const format = formatOf(options);
  const limits = {
    maxRemovals: countOf(options["max-removals"], "--max-removals"),
    maxMails: countOf(options["max-mails"], "--max-mails"),
    deny: rulesOf(options.deny),
  };
  const approved =
    options.approved === undefined ? undefined : approvedReview(await approvedDocument(options.approved));
  const plain = reviewOf(previewOf(await document(invocation)), {
    maxRemovals: allowedRemovals(invocation),
    domains: options["allow-domain"].map((domain) => normalizeDomain(domain.trim().replace(/^@/, ""))),
  });
  const exceeded = [...exceededBy(plain, limits), ...(approved ? unapproved(plain, approved) : [])];
  const found = options["mask-emails"] ? masked({ ...plain, exceeded }) : { ...plain, exceeded };
  if (!found.complete) terminal.note(incompleteWords);
  await tell(invocation, format, found);
  for (const { message } of found.exceeded) terminal.error(message);
  return exceeded.length > 0 ? 2 : 0;
}

type Format = "text" | "json" | "markdown" | "html";

function formatOf(options: Readonly<Record<string, unknown>>): Format {
  const given = (["json", "markdown", "html"] as const).filter((name) => options[name] === true);
  if (given.length > 1)
    throw new UsageError(`Only one of --${given.join(" and --")} can be meant.`, "Run it once for each.");
  return given[0] ?? "text";
}

async function tell({ options, terminal }: Invocation<Options>, format: Format, review: Review): Promise<void> {
  if (options.out === undefined) {
    if (format === "json") terminal.json(asJson(review));
    else if (format === "text") show(review, terminal);
    else terminal.result(format === "html" ? htmlOf(review).trimEnd() : markdownOf(review));
    return;
  }
  await writeFile(options.out, written(format, review)).catch((error: NodeJS.ErrnoException) => {
    throw new StackError(
      `${quoted(options.out!)} cannot be written (${printable(error.code ?? "")}).`,
      "Check the path.",
    );
  });
}

function written(format: Format, review: Review): string {
  switch (format) {
    case "json":
      return `${jsonText(asJson(review), 2)}\n`;
    case "html":
      return htmlOf(review);
    case "markdown":
      return `${markdownOf(review)}\n`;
    default:
      return `${textOf(review)
        .map(({ heading, lines }) => [...(heading === undefined ? [] : ["", heading]), ...lines].join("\n"))
        .join("\n")}\n`;
  }
}

async function document(invocation: Invocation<Options>): Promise<unknown> {
  const [file] = invocation.operands;
  if (file !== undefined) return parsed(await inputText(file), sourceName(file));
  if (!isInProject(invocation)) {
    throw new UsageError(
      "There is no Pulumi project in this folder or above it, and no preview is given.",
      "Go to one, give --cwd <folder>, or give the output of: pulumi preview --json --show-sames.",
    );
  }
  invocation.terminal.note("Running pulumi preview.");
  return parsed(await previewed(invocation), "pulumi preview");
}

function parsed(content: string, source: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch {
    throw new PreviewError(
      `What ${source} holds is not JSON.`,
      "Give the output of: pulumi preview --json --show-sames.",
    );
  }
}

async function approvedDocument(file: string): Promise<unknown> {
  try {
    return JSON.parse(await inputText(file)) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new ApprovedReviewError(
      `What ${quoted(file)} holds is not JSON.`,
      "Give what review --json --out has written.",
    );
  }
}

/** What the run itself would allow, unless it is told by configuration. */
function allowedRemovals({ environment }: Pick<Invocation, "environment">): number {
  const read = new SettingReader(
    (name) => environment[name],
    () => undefined,
  );
  return read.number("AVALA_MAX_REMOVALS", "avala:maxRemovals") ?? 10;
}

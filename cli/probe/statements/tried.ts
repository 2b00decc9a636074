import type { Evidence, ListEvidence, Writes } from "../evidence.js";
import { rowsOf } from "../pages.js";
import { isUsable, shownReply, succeeded, type Reply, type Row } from "../reply.js";
import { notTried, notVisible, type Finding, type Needs } from "../statement.js";

type Answers = { [Step in keyof Writes]-?: NonNullable<Writes[Step]> extends Reply ? Step : never }[keyof Writes];

/** Judges what was written, if anything was. */
export const written = (judge: (writes: Writes) => Finding, needs: Needs = "writes") => ({
  needs,
  judge: ({ writes }: Evidence): Finding => {
    if (!writes) return notTried("Needs --write.");
    return writes.fresh ? judge(writes) : notTried(withoutOrganization(writes));
  },
});

/** Why there is no organization that was tried. */
export function withoutOrganization({ created }: Writes): string {
  if (!created) return "No organization was created.";
  return succeeded(created)
    ? "Reads did not show the new organization within ten seconds."
    : `The organization was not created: ${shownReply(created)}.`;
}

/** Judges the answers to single steps, if the service has answered each. */
export const answers = <const Steps extends readonly Answers[]>(
  steps: Steps,
  judge: (replies: Record<Steps[number], Reply>, writes: Writes) => Finding,
  needs: Needs = "writes",
) =>
  written((writes) => {
    const replies = steps.map((step) => writes[step] as Reply | undefined);
    if (replies.includes(undefined)) return notTried("A step before it failed.");
    const lost = replies.find((reply) => !isUsable(reply!));
    if (lost) return notTried(`No answer of the service itself: ${shownReply(lost)}.`);
    return judge(Object.fromEntries(steps.map((step, at) => [step, replies[at]])) as never, writes);
  }, needs);

/** Looks at the rows of a list that was read to its end. */
export function listed(list: ListEvidence | undefined, judge: (rows: readonly Row[]) => Finding): Finding {
  if (!list) return notTried("A step before it failed.");
  const rows = rowsOf(list);
  if (rows && list.complete) return judge(rows);
  return notVisible(`The list was not read to its end: ${shownReply(list.pages.at(-1)!)}.`);
}

/** Names of fields for details: `website, phone`. */
export const named = (fields: readonly string[]): string => fields.join(", ");

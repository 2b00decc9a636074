import type { Evidence, ListEvidence, Reads } from "../evidence.js";
import { isUsable, objectIn, shownReply, type Reply, type Row } from "../reply.js";
import { rowsOf } from "../pages.js";
import { differs, holds, notTried, notVisible, type Finding } from "../statement.js";

/** A part of the deployment, by the name that reports show. */
export type Named<T> = readonly [name: string, value: T];

/** Every list that was read. */
export function listsIn({ reads }: Evidence): Named<ListEvidence>[] {
  const { organizations, organization } = reads;
  if (!organization) return [["organizations", organizations]];
  const { members, invitations, teams, team } = organization;
  return [
    ["organizations", organizations],
    ["members", members],
    ["invitations", invitations],
    ["teams", teams],
    ...(team ? [["team members", team.members] as const] : []),
  ];
}

/** One finding of several parts: it differs if any part does, and holds if no other part can show anything. */
export function together(parts: readonly Named<Finding>[], nothing: string): Finding {
  const of = (verdict: Finding["verdict"]) => parts.filter(([, finding]) => finding.verdict === verdict);
  const telling = [of("differs"), of("holds"), of("notTried"), of("notVisible")].find((some) => some.length > 0);
  if (!telling) return notVisible(nothing);
  const details = sentence(described(telling));
  const settings = Object.assign(
    {},
    ...parts.map(([, finding]) => ("settings" in finding ? finding.settings : undefined)),
  ) as object;
  const known = Object.keys(settings).length > 0 ? settings : undefined;
  switch (telling[0]![1].verdict) {
    case "differs":
      return differs(details, known);
    case "holds":
      return holds(details, known);
    case "notTried":
      return notTried(details);
    default:
      return notVisible(details);
  }
}

/** With a capital and a full stop, as details are shown. */
export const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, "")}.`;

/** Parts with the same details are named together. */
function described(parts: readonly Named<Finding>[]): string {
  const names = new Map<string, string[]>();
  for (const [name, { details }] of parts) names.set(details, [...(names.get(details) ?? []), name]);
  return [...names].map(([details, all]) => `${details.replace(/\.$/, "")} (${all.join(", ")})`).join("; ");
}

/** Looks at each list; those that cannot be read show nothing. */
export function overLists(
  evidence: Evidence,
  look: (list: ListEvidence, rows: readonly Row[]) => Finding,
  lists = listsIn(evidence),
): Finding {
  const parts = lists.map(([name, list]): Named<Finding> => {
    const rows = rowsOf(list);
    return [name, rows ? look(list, rows) : notVisible(`answered ${shownReply(list.pages[0]!)}`)];
  });
  return together(parts, "no list was read");
}

/** Judges an answer, if the service itself has answered. */
export function answered(reply: Reply, judge: (reply: Reply) => Finding): Finding {
  return isUsable(reply) ? judge(reply) : notTried(`No answer of the service itself: ${shownReply(reply)}.`);
}

/** Whether an answer has one of these statuses. */
export const statusIs = (reply: Reply, statuses: readonly number[]): Finding =>
  answered(reply, ({ status }) => (statuses.includes(status) ? holds : differs)(`Answered ${shownReply(reply)}.`));

/** Objects that were read, by their kind: rows of lists, and those that were read by their path. */
export function objectsIn({ organizations, organization, ...reads }: Reads): Named<Row>[] {
  const rows = (kind: string, list: ListEvidence | undefined) =>
    ((list && rowsOf(list)) ?? []).map((row): Named<Row> => [kind, row]);
  const object = (kind: string, reply: Reply | undefined) => {
    const found = objectIn(reply);
    return found ? [[kind, found] as const] : [];
  };
  return [
    ...object("user", reads.currentUser),
    ...rows("organization", organizations),
    ...object("organization", organization?.detail),
    ...rows("member", organization?.members),
    ...rows("invitation", organization?.invitations),
    ...rows("team", organization?.teams),
    ...object("team", organization?.team?.detail),
    ...rows("team member", organization?.team?.members),
  ];
}

/** The path of a request with the names of its parts in place of their values. */
export function shownPath({ request }: Reply): string {
  const parts = request.path.replace(/\?.*/, "").split("/");
  const isSlug = (at: number) => parts[1] === "organizations" && at === 2 && parts[2] !== "industry-choices";
  return parts.map((part, at) => (part !== "" && (isSlug(at) || at === 4) ? "{…}" : part)).join("/");
}

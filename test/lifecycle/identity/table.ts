import { isDeepStrictEqual } from "node:util";
import { answersTo, type Answer } from "./scenarios.js";
import { expected, isInTeam, questionsOf, type Expected, type Kind, type Question } from "./oracle.js";

/** One test for each question about a kind. All of them are answered before the first. */
export function describeKinds(...kinds: Kind[]): void {
  const questions = kinds.flatMap(questionsOf);
  let answers: ReadonlyMap<Question, Answer>;
  beforeAll(async () => {
    answers = await answersTo(questions);
  }, 300_000);

  for (const kind of kinds) {
    describe(kind, () => {
      for (const question of questions.filter((one) => one.kind === kind)) {
        test(nameOf(question), () => expectAsExpected(question, answers.get(question)!));
      }
    });
  }
}

const nameOf = ({ story, act, order }: Question): string => `${story}: ${act}, ${order}`;

function expectAsExpected(question: Question, answer: Answer): void {
  const wanted = expected(question);
  const { roles, pending, emails, error } = answer;
  const possible = [wanted, ...(wanted.or ? [wanted.or] : [])];
  const seen = { roles, pending, emails, error };
  const found = possible.find((one) => isDeepStrictEqual(seen, asSeen(one, answer)));
  if (found === undefined) expect(seen).toEqual(asSeen(wanted, answer));
  expect({ writes: answer.writes, count: answer.writes.length }).toMatchObject({ count: answer.needed });
  if (question.kind !== "TeamRoster") expectRecorded(question, found!, answer);
  if (error === undefined) expect(answer.next).toEqual([]);
}

function asSeen({ roles, pending, emails, error }: Expected, answer: Answer) {
  return { roles, pending, emails, error: errorAsSeen(error, answer.error) };
}

function errorAsSeen(wanted: string | undefined, error: string | undefined): string | undefined {
  if (wanted === "some") return error ?? "an error";
  if (wanted === "perhaps") return error;
  if (wanted === "perhaps AVALA_GUARD") return error && "AVALA_GUARD";
  return wanted;
}

function expectRecorded(question: Question, { subject, roles, pending }: Expected, answer: Answer): void {
  if (subject === undefined) return;
  expect(answer.subject).toBe(subject);
  if (answer.error !== undefined) return;
  const isThere = subject !== "nobody" && roles[subject] !== undefined;
  if (isThere) expect(["active", "accepted"]).toContain(answer.status);
  else if (pending && !isInTeam(question.kind) && !isUnseen(question)) expect(answer.status).toBe("invited");
}

/** An invitation that somebody else has sent since is not a step of a declaration that has ended: no run looks for it. */
function isUnseen({ story }: Question): boolean {
  return story === "declined, refreshed, invited by somebody else";
}

import { rateFacts } from "../../../provider/client/index.js";
import type { Evidence, Reads } from "../evidence.js";
import { rowsOf } from "../pages.js";
import { isObject, shownReply, succeeded, type Reply } from "../reply.js";
import { differs, holds, notTried, notVisible, type Finding, type Statement } from "../statement.js";
import { answered, sentence, shownPath, statusIs, together, type Named } from "./look.js";

const section = "Transport";

export const transportStatements: readonly Statement[] = [
  {
    name: "key-in-header",
    section,
    claim: "The API key is accepted in the header `X-Avala-Api-Key`.",
    basis: "published",
    source: "SDK 0.10.0",
    provider: "Sends the key in this header only, and only to the configured host.",
    ifDifferent:
      "The provider cannot authenticate: every command ends with `AVALA_UNAUTHORIZED`, and nothing is changed.",
    copes: "refuses",
    test: "test/client/transport.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => takesKey(reads.organizations.pages[0]!) },
  },
  {
    name: "refuses-without-key",
    section,
    claim: "A request without a key is refused with 401.",
    basis: "published",
    source: "API reference",
    provider: "Sends no request without a key, and nothing more in a run after the first 401.",
    ifDifferent:
      "If requests without a key are answered, anybody can read the organizations: report this to Avala. With a status other than 401 a rejected key is reported under a different error code.",
    copes: "yes",
    test: "test/guards/key.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => statusIs(reads.withoutKey, [401]) },
  },
  {
    name: "answers-are-json",
    section,
    claim: "Answers to reads are JSON, with the content type `application/json`.",
    basis: "published",
    source: "SDK 0.10.0",
    provider: "A read that is not JSON is an error (`AVALA_RESPONSE_SHAPE`), whatever its content type.",
    ifDifferent:
      "Operations that need the reads named here end with an error. A web page in their place comes from a proxy or a login page between you and Avala.",
    copes: "refuses",
    test: "test/properties/faults/loginPage.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => areJson(successesOf(reads)) },
  },
  {
    name: "paths-end-in-slash",
    section,
    claim: "Every path ends in `/`. A path without its last slash is not served: the answer is 404 or a redirect.",
    basis: "published",
    source: "SDK 0.10.0, and the framework of the service",
    provider: "Ends every path in `/`, and never follows a redirect.",
    ifDifferent: "Nothing changes for the provider: it always sends the slash.",
    copes: "yes",
    test: "test/client/operations.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => statusIs(reads.withoutSlash, [301, 302, 307, 308, 404]) },
  },
  {
    name: "missing-is-404",
    section,
    claim: "For an object that does not exist the answer is 404, as JSON with a text in `detail`.",
    basis: "published",
    source: "API reference",
    provider: "Takes this answer as a hint only: absence needs a complete list. A 404 that is not JSON is an error.",
    ifDifferent:
      "A deleted organization or team may be reported as an error in place of being created again. Nothing leaves the state by mistake.",
    copes: "refuses",
    test: "test/client/wrongAddress.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => together(missingIn(reads).map(isMissing), "nothing was read") },
  },
  {
    name: "wrong-path-is-404",
    section,
    claim: "For a path that the API does not have the answer is 404, with any content.",
    basis: "assumed",
    source: "The framework of the service answers with a page",
    provider: "Reports a 404 that is not the API's as a wrong base URL, and never as an object that is gone.",
    ifDifferent: "A wrong base URL is reported with a less precise error.",
    copes: "yes",
    test: "test/client/wrongAddress.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => statusIs(reads.wrongPath, [404]) },
  },
  {
    name: "not-found-may-be-forbidden",
    section,
    claim:
      "For an object that the user may not see, the answer is 404 or 403. A deletion looks the same as lost access.",
    basis: "assumed",
    source: "Nothing published says which of the two",
    provider: "An organization that is not visible any more is an error and stays in the state.",
    ifDifferent:
      "If others can read the organization, its data is not protected: report this to Avala. Any other status is an error in the provider, and nothing leaves the state.",
    copes: "refuses",
    test: "test/lifecycle/lostAccess.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => hiddenIs(reads.otherOrganization) },
  },
  {
    name: "rate-limit-per-user",
    section,
    claim:
      "100 requests per minute and 20 per second for each user, all keys together. Headers state the limit and the rest; 429 states the wait.",
    basis: "published",
    source: "API reference",
    provider:
      "Limits itself before sending, adopts the limit that the headers state, and reads each list once per run.",
    ifDifferent:
      "With a different limit, runs become faster or slower: the provider adopts it. Without headers it keeps to 100 requests per minute, and does not notice other programs of the same user before it is refused.",
    copes: "yes",
    test: "test/client/limiter.test.ts",
    probe: { needs: "reads", judge: ({ reads }) => stateLimit(repliesOf(reads)) },
  },
  {
    name: "success-may-not-be-json",
    section,
    claim:
      "A proxy's login page or an empty body may come with a success status. Writes without a result answer 204 or any body.",
    basis: "published",
    source: "Tests of SDK 0.10.0",
    provider:
      "A read that is not JSON is an error. A write that is not answered by the service counts only if a look confirms it.",
    ifDifferent: "Nothing: the provider is prepared for a proxy that is not there.",
    copes: "yes",
    test: "test/properties/faults/loginPage.test.ts",
    probe: { never: "a proxy between the user and the service decides it, at any time." },
  },
  {
    name: "plan-refusals-are-permanent",
    section,
    claim: "403 with a `code` such as `plan_insufficient` says that the plan does not include the operation.",
    basis: "published",
    source: "API reference",
    provider: "Never retries it, and keeps the code in the error.",
    ifDifferent: "The error does not name the plan as its cause.",
    copes: "yes",
    test: "test/client/errors.test.ts",
    probe: { never: "it needs an organization whose plan lacks an operation." },
  },
  {
    name: "answers-hold-secrets",
    section,
    claim: "Invitations contain accept links. Error bodies may repeat what was sent.",
    basis: "published",
    source: "SDK 0.10.0",
    provider: "Keeps no accept link in state or messages; masks the key and long opaque words in messages.",
    ifDifferent:
      "`getInvitations` returns no accept links. If they have moved to other fields, nothing of them reaches state or messages either: fields that are not known are dropped.",
    copes: "yes",
    test: "test/client/redact.test.ts",
    probe: { needs: "reads", judge: holdLinks },
  },
];

function takesKey(list: Reply): Finding {
  const shown = `The list of organizations is answered ${shownReply(list)} with the key.`;
  return succeeded(list) ? holds(shown) : differs(shown);
}

/** Reads of what exists, with the key. The user is left out: own-user-may-be-unknown allows a page in its place. */
function repliesOf({ permissions, organizations, organization, industryChoices }: Reads): Reply[] {
  const lists = organization
    ? [organization.members, organization.invitations, organization.teams, organization.team?.members]
    : [];
  return [
    permissions,
    ...[organizations, ...lists].flatMap((list) =>
      list ? [...list.pages, list.again, list.single, list.byDefault, list.second, list.cursor] : [],
    ),
    industryChoices,
    organization?.detail,
    organization?.team?.detail,
  ]
    .filter((reply) => reply !== undefined)
    .toSorted((one, other) => one.sentAt - other.sentAt);
}

const successesOf = (reads: Reads): Reply[] => repliesOf(reads).filter(succeeded);

function areJson(successes: readonly Reply[]): Finding {
  const isOfType = ({ headers }: Reply) => /^application\/json\b/i.test(headers["content-type"] ?? "");
  const wrong = successes.flatMap((reply): Named<Finding>[] => {
    if (reply.json === undefined) return [[shownPath(reply), differs(shownReply(reply))]];
    return isOfType(reply) ? [] : [[shownPath(reply), differs("JSON with a different content type")]];
  });
  const distinct = [...new Map(wrong.map((one) => [`${one[0]} ${one[1].details}`, one])).values()];
  if (distinct.length > 0) return together(distinct, "");
  return holds(`${successes.length} successful reads are JSON.`);
}

function missingIn({ missing, organization }: Reads): Named<Reply>[] {
  return [["organization", missing], ...(organization ? [["team", organization.missingTeam] as const] : [])];
}

const isMissing = ([name, reply]: Named<Reply>): Named<Finding> => [
  name,
  answered(reply, ({ status, json }) => {
    if (status !== 404 || json === undefined) return differs(`answered ${shownReply(reply)}`);
    const hasDetail = isObject(json) && typeof json["detail"] === "string";
    return hasDetail ? holds("answered 404 with detail") : differs("answered 404 without a text in detail");
  }),
];

function hiddenIs(reply: Reply | undefined): Finding {
  if (reply === undefined) return notTried("Needs --other-organization.");
  return answered(reply, ({ status }) => {
    const shown = `An organization of others is answered ${shownReply(reply)}.`;
    return status === 403 || status === 404 ? holds(shown, { hiddenIs: status }) : differs(shown);
  });
}

/** Requests per minute that the provider assumes, and per second: the latter is in no header. */
const [PER_MINUTE, PER_SECOND] = [100, 20];

function stateLimit(replies: readonly Reply[]): Finding {
  // A proxy, or a cache, may answer without them.
  const facts = replies.map(limitOf).filter(({ stated }) => stated);
  const limits = facts.map(({ limit }) => limit).filter((limit) => limit !== undefined);
  if (limits.length === 0) return differs("No header states the limit.", { rateLimit: null });
  const limit = limits[0]!;
  const known =
    Number.isInteger(limit) && limit > 0 ? { rateLimit: { perMinute: limit, perSecond: PER_SECOND } } : undefined;
  const problems = [
    limits.some((other) => other !== limit) && "different answers state different limits",
    limit !== PER_MINUTE && `X-RateLimit-Limit is ${limit}`,
    !facts.some(({ remaining }, i) => isLower(remaining, facts[i - 1]?.remaining)) &&
      "X-RateLimit-Remaining does not fall from request to request",
    facts.some(({ resetInMs, isUnixTime }) => resetInMs === undefined || resetInMs > 120_000 || !isUnixTime) &&
      "X-RateLimit-Reset is not the time of the next minute, in seconds since 1970",
  ].filter((problem) => problem !== false);
  if (problems.length > 0) return differs(sentence(problems.join("; ")), known);
  return holds(`X-RateLimit-Limit is ${limit}, and the headers state the rest.`, known);
}

const limitOf = ({ headers }: Reply) => ({
  ...rateFacts(headers),
  stated: headers["x-ratelimit-limit"] !== undefined,
  isUnixTime: Number(headers["x-ratelimit-reset"]) > 1e9,
});

const isLower = (one: number | undefined, before: number | undefined): boolean =>
  one !== undefined && before !== undefined && one < before;

function holdLinks({ reads }: Evidence): Finding {
  const list = reads.organization?.invitations;
  const rows = (list && rowsOf(list)) ?? [];
  if (rows.length === 0) return notVisible("The key sees no invitation.");
  const lacking = ["accept_url", "copy_link"].filter((name) => rows.some((row) => typeof row[name] !== "string"));
  if (lacking.length > 0) return differs(`Invitations have no text in ${lacking.join(" and ")}.`);
  return holds("Invitations have accept_url and copy_link.");
}

/** Which resources a call is about, by its path. */
const KINDS = {
  grants: /^\/organizations\/[^/]+\/teams\/[^/]+\/members\//,
  teams: /^\/organizations\/[^/]+\/teams\//,
  members: /^\/organizations\/[^/]+\/(members|invitations)\//,
  organizations: /^\/organizations\//,
};

/** Counts calls: all, those that change something, reads made more than once, and all by what they are about. */
export function countCalls(calls) {
  const reads = calls.filter(({ method }) => method === "GET").map(({ path, query }) => `${path}?${query}`);
  const about = Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, 0]));
  for (const { path } of calls) {
    const kind = Object.keys(KINDS).find((name) => KINDS[name].test(path));
    if (kind) about[kind]++;
  }
  return {
    calls: calls.length,
    writes: calls.length - reads.length,
    repeatedReads: reads.length - new Set(reads).size,
    callsAbout: about,
  };
}

/** The calls of a contender that makes so many for each object, at another size. */
export function scaledCalls(callsAbout, from, to) {
  return Object.entries(callsAbout).reduce(
    (sum, [kind, calls]) => sum + Math.round((calls * (to[kind] ?? 1)) / Math.max(1, from[kind] ?? 1)),
    0,
  );
}

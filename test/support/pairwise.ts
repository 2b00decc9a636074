/** Values by name. */
export type Row = Record<string, unknown>;

/** All pairs of values of two different names. */
export function pairsOf(row: Row): string[] {
  const cells = Object.entries(row).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return cells.flatMap((one, i) => cells.slice(i + 1).map((other) => `${one} ${other}`));
}

/** Every pair that rows of these values can have. */
export function allPairs(domains: Readonly<Record<string, readonly unknown[]>>): Set<string> {
  const names = Object.keys(domains);
  return new Set(
    names.flatMap((one, i) =>
      names
        .slice(i + 1)
        .flatMap((other) =>
          domains[one]!.flatMap((left) => domains[other]!.flatMap((right) => pairsOf({ [one]: left, [other]: right }))),
        ),
    ),
  );
}

/**
 * Rows that contain every pair of values, far fewer than all combinations: each row begins with a missing pair, and gets,
 * name by name, the value that adds the most other missing pairs.
 */
export function coveringRows(domains: Readonly<Record<string, readonly unknown[]>>): Row[] {
  const names = Object.keys(domains);
  const missing = allPairs(domains);
  const rows: Row[] = [];
  while (missing.size > 0) {
    const row = beginning(domains, [...missing][0]!);
    for (const name of names.filter((candidate) => !(candidate in row))) {
      const gain = (value: unknown) =>
        pairsOf(ordered(names, { ...row, [name]: value })).filter((pair) => missing.has(pair)).length;
      row[name] = domains[name]!.reduce((best, value) => (gain(value) > gain(best) ? value : best));
    }
    const whole = ordered(names, row);
    for (const pair of pairsOf(whole)) missing.delete(pair);
    rows.push(whole);
  }
  return rows;
}

/** The two values of a pair. */
function beginning(domains: Readonly<Record<string, readonly unknown[]>>, pair: string): Row {
  const cells = Object.entries(domains).flatMap(([name, values]) => values.map((value) => ({ name, value })));
  const [one, other] = pair.split(" ");
  const wanted = cells.filter(({ name, value }) => [one, other].includes(`${name}=${JSON.stringify(value)}`));
  return Object.fromEntries(wanted.map(({ name, value }) => [name, value]));
}

/** Pairs are written in the order of the names. */
const ordered = (names: readonly string[], row: Row): Row =>
  Object.fromEntries(names.filter((name) => name in row).map((name) => [name, row[name]]));

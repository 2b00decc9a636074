const MAX_SLUG = 255;

/** Django's slugify: ASCII letters, digits, hyphens and underscores of the name, lower case. */
export function slugify(name: string, fallback: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/[^\x20-\x7e]/g, "")
    .toLowerCase();
  const slug = plain
    .replace(/[^\w\s-]/g, "")
    .replace(/[-\s]+/g, "-")
    .replace(/^[-_]+|[-_]+$/g, "");
  return slug.slice(0, MAX_SLUG) || fallback;
}

/** The slug itself, or the first of slug-2, slug-3, … that is not taken. */
export function freeSlug(slug: string, taken: (candidate: string) => boolean): string {
  if (!taken(slug)) return slug;
  for (let n = 2; ; n++) {
    const suffix = `-${n}`;
    const candidate = slug.slice(0, MAX_SLUG - suffix.length) + suffix;
    if (!taken(candidate)) return candidate;
  }
}

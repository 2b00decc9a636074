/** The scope that Avala names for reading organizations, and what is in them. */
export const READ_SCOPE = "organizations.read";

/** The scope that Avala names for changing them. No source proves that it alone opens every write. */
export const WRITE_SCOPE = "organizations.write";

/** The scope that a request of the organizations API needs. */
export function scopeOf(method: string): string {
  return method === "GET" ? READ_SCOPE : WRITE_SCOPE;
}

/** The published scope for reading organizations and their content. */
export const READ_SCOPE = "organizations.read";

/** The published scope for changing them. It is assumed that it allows every write. */
export const WRITE_SCOPE = "organizations.write";

/** The scope that a request of the organizations API needs. */
export function scopeOf(method: string): string {
  return method === "GET" ? READ_SCOPE : WRITE_SCOPE;
}

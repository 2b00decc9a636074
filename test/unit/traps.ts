/** Traps of the API contract, by the names under which tests speak of them. */
export const traps = Array.from({ length: 25 }, (_, index) => `T${index + 1}`);

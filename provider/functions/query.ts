import type { Service } from "./service.js";

/** How a function finds its answer. */
export type Read<Args, Result> = (service: Service, args: Args) => Promise<Result>;

/** A function: what finds its answer, and how the mocks of a unit test give one in its place. */
export interface Query<Args, Result> {
  readonly name: string;
  readonly read: Read<Args, Result>;
  readonly isList: boolean;
  /** The answer of mocks, which is all plain, as the function gives it. */
  ofMock(this: void, answer: Result): Result;
}

export function objectQuery<Args, Result extends object>(name: string, read: Read<Args, Result>): Query<Args, Result> {
  return { name, read, isList: false, ofMock: (answer) => answer };
}

export function listQuery<Args, Row>(
  name: string,
  read: Read<Args, Row[]>,
  ofMock: (row: Row) => Row = (row) => row,
): Query<Args, Row[]> {
  return { name, read, isList: true, ofMock: (rows) => rows.map(ofMock) };
}

import { matrixLines, type Matrix, type MatrixPerson } from "../../cli/output/matrix.js";

const row = (name: string, teams: string[]): MatrixPerson => ({
  name,
  own: { role: "member", state: "active", marks: [] },
  cells: new Map(teams.map((team) => [team, { role: "lead", state: "active", marks: ["unmanaged"] }])),
  marks: ["external"],
  details: ["because the project needs somebody who knows it", "2027-01-31"],
  notes: [],
});
const teams = ["Perception", "Quality assurance", "Research"];
const matrix: Matrix = {
  title: "Acme",
  counts: [],
  teams: teams.map((name) => ({ key: name, name, members: 1, leads: 1, marks: [] })),
  people: [row("ada.lovelace-of-a-very-long-name@example.com", teams), row("lee@example.com", [])],
  details: ["Reason", "Valid until"],
};

describe("the table of a terminal", () => {
  it.each([60, 80, 100, 120, 200])("is at most %d columns wide, and loses nothing", (width) => {
    const lines = matrixLines(matrix, width);
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(width);
    const letters = (text: string) => [...text.replace(/\s/g, "")].toSorted().join("");
    expect(letters(lines.join(""))).toBe(letters(matrixLines(matrix, Infinity).join("")));
  });

  it("has one line for each person where it is not limited", () => {
    expect(matrixLines(matrix, Infinity)).toHaveLength(3);
  });
});

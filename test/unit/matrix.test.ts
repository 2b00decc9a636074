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
  const letters = (lines: string[]) => [...lines.join("").replace(/\s/g, "")].toSorted().join("");
  const widthOf = (lines: string[]) => Math.max(...lines.map((line) => [...line].length));

  it.each([80, 100, 120, 200])("is at most %d columns wide, and loses nothing", (width) => {
    const lines = matrixLines(matrix, width);
    expect(widthOf(lines)).toBeLessThanOrEqual(width);
    expect(letters(lines)).toBe(letters(matrixLines(matrix, Infinity)));
  });

  it.each([20, 40, 60, 70])("is a list on %d columns, where its own would be too narrow", (width) => {
    const lines = matrixLines(matrix, width);
    expect(widthOf(lines)).toBeLessThanOrEqual(width);
    expect(lines).toContain("lee@example.com");
    expect(lines).toContain("  Marks: external");
    expect(lines.join(" ").replace(/\s+/g, " ")).toContain("● Perception (unmanaged), ● Quality assurance (unmanaged)");
  });

  it("has one line for each person where it is not limited", () => {
    expect(matrixLines(matrix, Infinity)).toHaveLength(3);
  });
});

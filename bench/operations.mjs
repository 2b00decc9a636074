/** What is measured, in this order, each in a run of the engine of its own. The writes are those of settled people. */
export const OPERATIONS = [
  {
    key: "firstUp",
    title: "first up",
    args: ["up", "--yes", "--skip-preview"],
    writes: ({ teams, grants }) => teams + grants,
  },
  { key: "noop", title: "no-op up", args: ["up", "--yes", "--skip-preview"], writes: () => 0 },
  { key: "preview", title: "preview", args: ["preview"], writes: () => 0 },
  { key: "refresh", title: "refresh", args: ["refresh", "--yes", "--skip-preview"], writes: () => 0 },
  {
    key: "change",
    title: "one change",
    args: ["up", "--yes", "--skip-preview"],
    changesProgram: true,
    writes: () => 1,
  },
  {
    key: "destroy",
    title: "destroy",
    args: ["destroy", "--yes", "--skip-preview"],
    writes: ({ teams, grants, members }) => teams + grants + members,
  },
];

export const titleOf = (key) => OPERATIONS.find((operation) => operation.key === key).title;

/** What stands around code, diagrams, tables and images of answers. */
export const markdown = {
  code: {
    copy: "Copy code",
    download: "Download code",
    label: "Code, {language}",
    wrap: "Wrap long lines",
  },
  diagram: {
    alt: "Diagram; its description is the code below",
    code: "Code",
    drawing: "Drawing…",
    label: "Diagram",
    problem: "This is no diagram yet: {problem}",
    unreadable: "it cannot be read",
  },
  done: "Done",
  image: {
    broken: "{name} could not be loaded from {host}.",
    load: "load from {host}",
    name: "Image",
  },
  notDone: "Not done",
  table: "Table",
} as const;

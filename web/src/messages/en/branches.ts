/** Branches of a chat. */
export const branches = {
  title: "Branches",
  about: "An edited question and another answer turn off here. Choose one to read it.",
  beginning: "The beginning",
  anotherQuestion:
    "{depth, plural, =0 {Another question} one {Another question, after 1 message} other {Another question, after # messages}}",
  anotherAnswer:
    "{depth, plural, =0 {Another answer} one {Another answer, after 1 message} other {Another answer, after # messages}}",
  shown: "Shown",
  empty: "Nothing yet",
  length: "{count, plural, one {1 message} other {# messages}}",
  ends: "ends “{text}”",
} as const;

/** Settings: profile, appearance, accounts, keys, people. */
export const settings = {
  language: {
    title: "Language",
    about: "What the pages say, in this browser. Answers come in the language that you write in.",
    browser: "As the browser says",
    failed: "The texts could not be loaded. Try again.",
  },
} as const;

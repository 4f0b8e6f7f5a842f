/** Endings of files, where they are not the language's own name. */
const ENDINGS: Record<string, string> = {
  bash: "sh",
  csharp: "cs",
  "c++": "cpp",
  golang: "go",
  javascript: "js",
  kotlin: "kt",
  markdown: "md",
  mermaid: "mmd",
  perl: "pl",
  plaintext: "txt",
  powershell: "ps1",
  python: "py",
  ruby: "rb",
  rust: "rs",
  shell: "sh",
  text: "txt",
  typescript: "ts",
  yml: "yaml",
};

/** What a block of code is called as a file. Whatever a model calls its language, it is a plain, short ending. */
export function fileNameOf(language: string): string {
  const known = language.toLowerCase();
  const ending = ENDINGS[known] ?? known.replace(/[^a-z0-9]/g, "").slice(0, 12);
  return known === "dockerfile" ? "Dockerfile" : `code.${ending || "txt"}`;
}

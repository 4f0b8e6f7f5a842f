import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const SOURCES = join(__dirname, "..");
const PART = /^@\/messages\/\w+$/;

/** The names under which a module has imported texts. */
function textsIn(module: ts.SourceFile): Set<string> {
  const names = module.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    const bindings = statement.importClause?.namedBindings;
    const named = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
    return PART.test(statement.moduleSpecifier.text) ? named.map(({ name }) => name.text) : [];
  });
  return new Set(names);
}

/** Calls of them outside of every function: they would be made once, when the module is loaded. */
function saidAtLoading(module: ts.SourceFile): string[] {
  const texts = textsIn(module);
  const found: string[] = [];
  const look = (node: ts.Node) => {
    if (ts.isFunctionLike(node)) return;
    if (ts.isCallExpression(node)) {
      const { expression } = node;
      const called = ts.isPropertyAccessExpression(expression) ? expression.expression : expression;
      if (ts.isIdentifier(called) && texts.has(called.text)) found.push(node.getText());
    }
    node.forEachChild(look);
  };
  look(module);
  return found;
}

const parsed = (path: string, text: string) => ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);

test("no text is said where a module is loaded, before its language is known", () => {
  const paths = readdirSync(SOURCES, { recursive: true, encoding: "utf8" });
  const modules = paths.filter((path) => /\.tsx?$/.test(path) && !path.startsWith("gql"));
  const said = modules.flatMap((path) =>
    saidAtLoading(parsed(path, readFileSync(join(SOURCES, path), "utf8"))).map((call) => `${path}: ${call}`),
  );
  expect(modules.length).toBeGreaterThan(300);
  expect(said).toEqual([]);
});

test("such a text would be found", () => {
  const module = `import { t } from "@/messages/chat";
    const LATE = () => t("undo");
    const EARLY = [{ name: t("undo") }];`;
  expect(saidAtLoading(parsed("some.ts", module))).toEqual(['t("undo")']);
});

import { expect, test } from "vitest";

import { isDrawable } from "./drawable";

test.each([
  "graph TD\nA[Begin] --> B[End<br/>of it]\nB <--> C",
  "classDiagram\nclass Shape {\n<<interface>>\n}\nAnimal <|-- Duck\nA --> B : a < b",
  "sequenceDiagram\nA->>B: Hello #9829;",
  "%%{init: {'theme': 'forest'}}%%\npie\n\"a\" : 3",
])("%j is drawn", (code) => expect(isDrawable(code)).toBe(true));

test.each([
  'graph TD\nA["<img src=x onerror=x>"]',
  'graph TD\nA["<<img src=x onerror=x>"]',
  'graph TD\nA["<br onmouseover=x>"]',
  'graph TD\nA["&lt;img src=x>"]',
  'graph TD\nA["#lt;img src=x#gt;"]',
  'graph TD\nA["&#x3c;img"]',
  'graph TD\nA["#60;img"]',
  'graph TD\nclick A "https://evil.example"',
  'graph TD\nA@{ img: "/x.png" }',
  "graph TD\nclassDef a fill:url(x)",
])("%j stays code", (code) => expect(isDrawable(code)).toBe(false));

import { expect, test } from "vitest";

import { browserOf } from "./browsers";

const AGENTS = {
  "Chrome on Linux":
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
  "Edge on Windows":
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
  "Safari on iPhone":
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
  "Firefox on macOS": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0",
};

test.each(Object.entries(AGENTS))("%s is recognised", (name, agent) => {
  expect(browserOf(agent)).toBe(name);
});

test("what is not a browser is called by its own name, and nothing is unknown", () => {
  expect(browserOf("parley-phone/2.1")).toBe("parley-phone/2.1");
  expect(browserOf(null)).toBe("Unknown browser");
});

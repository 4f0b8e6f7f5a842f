import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { common } from "@/messages/en/common";

import { LANGUAGE_KEY, LANGUAGE_SCRIPT } from "./language-script";

const page = document.documentElement;

/** What a page that has just begun speaks with, in a browser that wants these languages. */
async function begun(...wanted: string[]) {
  vi.resetModules();
  vi.spyOn(navigator, "languages", "get").mockReturnValue(wanted);
  const language = await import("./language");
  return { ...language, t: language.words("common", common) };
}

beforeEach(() => {
  localStorage.clear();
  page.lang = "en";
  page.dataset.language = "awaited";
});
afterEach(() => {
  vi.doUnmock("@/messages/de");
  cleanup();
});

test("a language that is chosen is spoken at once, and by the page that comes next", async () => {
  const first = await begun("en-US");
  const { result } = renderHook(first.useLanguage);
  expect([result.current, first.t("cancel")]).toEqual(["en", "Cancel"]);

  await act(() => first.chooseLanguage("de"));

  expect([result.current, first.t("cancel"), page.lang]).toEqual(["de", "Abbrechen", "de"]);
  const next = await begun("en-US");
  await next.speakWanted();
  expect([next.spoken(), next.t("cancel")]).toEqual(["de", "Abbrechen"]);
  await next.chooseLanguage("en");
  expect([next.spoken(), next.t("cancel"), page.lang]).toEqual(["en", "Cancel", "en"]);
});

test("without a choice it is the first of the browser's languages that there is", async () => {
  const { chooseLanguage, chosenLanguage, speakWanted, spoken } = await begun("fr-FR", "de-AT", "en");
  await speakWanted();
  expect([spoken(), chosenLanguage()]).toEqual(["de", null]);

  await chooseLanguage("en");
  expect(spoken()).toBe("en");
  await chooseLanguage(null);
  expect([spoken(), chosenLanguage()]).toEqual(["de", null]);
});

test("in a browser that keeps nothing a choice holds until the page is left", async () => {
  const refuse = () => {
    throw new DOMException("denied", "SecurityError");
  };
  vi.spyOn(Storage.prototype, "getItem").mockImplementation(refuse);
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(refuse);
  const { chooseLanguage, chosenLanguage, spoken } = await begun("en-US");

  await chooseLanguage("de");

  expect([spoken(), chosenLanguage()]).toEqual(["de", "de"]);
});

test.each(["xx", "toString", ""])("“%s” in the storage is no choice", async (tag) => {
  localStorage.setItem(LANGUAGE_KEY, tag);
  const { chosenLanguage, speakWanted, spoken } = await begun("fr-FR", "tlh");
  await speakWanted();
  expect([spoken(), chosenLanguage(), page.dataset.language]).toEqual(["en", null, undefined]);
});

test("where texts cannot be loaded it goes on in the language it spoke, and the page is seen", async () => {
  vi.doMock("@/messages/de", () => {
    throw new Error("no network");
  });
  const { chooseLanguage, spoken, t } = await begun("en-US");

  await expect(chooseLanguage("de")).rejects.toThrow();

  expect([spoken(), t("cancel"), page.lang, page.dataset.language]).toEqual([
    "en",
    "Cancel",
    "en",
    undefined,
  ]);
});

test.each([
  ["de-DE", null, "awaited"],
  ["de-DE", "en", undefined],
  ["en-GB", "de", "awaited"],
  ["en-GB", null, undefined],
])("in a browser of %s with %s chosen the page before the first paint is %s", (wanted, chosen, state) => {
  delete page.dataset.language;
  if (chosen) localStorage.setItem(LANGUAGE_KEY, chosen);
  vi.spyOn(navigator, "language", "get").mockReturnValue(wanted);
  new Function(LANGUAGE_SCRIPT)();
  expect(page.dataset.language).toBe(state);
});

test("what is made for a language is made once for each", async () => {
  const { chooseLanguage, perLanguage } = await begun("en-US");
  const make = vi.fn((language: string) => new Intl.NumberFormat(language));
  const numbers = perLanguage(make);

  expect([numbers().format(1.5), numbers().format(2.5)]).toEqual(["1.5", "2.5"]);
  await chooseLanguage("de");
  expect([numbers().format(1.5), numbers().format(2.5)]).toEqual(["1,5", "2,5"]);
  expect(make.mock.calls).toEqual([["en"], ["de"]]);
});

test("figures and dates are written as the language writes them", async () => {
  const { chooseLanguage } = await begun("en-US");
  await chooseLanguage("de");
  const { duration, fileSize, money, pace, price, tokens } = await import("./quantities");
  const { formatDate, formatRelative } = await import("./dates");
  const plain = (words: (string | null)[]) => words.map((word) => word?.replaceAll("\u00a0", " "));

  expect(plain([duration(2_400), fileSize(2_345_678), pace(1_234.4), tokens(1_200_000)])).toEqual([
    "2,4 s",
    "2,3 MB",
    "1.234 Tok./s",
    "1,2 Mio.",
  ]);
  expect(plain([money("0.00001"), money("1234.5"), price("0.125"), price("0")])).toEqual([
    "<0,0001 $",
    "1234,50 $",
    "0,125 $",
    "kostenlos",
  ]);
  const now = Date.parse("2026-11-25T12:00:00Z");
  expect([
    formatDate("2026-01-02T12:00:00Z"),
    formatRelative("2026-11-25T11:55:00Z", now),
    formatRelative("2026-11-25T11:59:40Z", now),
  ]).toEqual(["02.01.2026", "vor 5 Minuten", "gerade eben"]);
});

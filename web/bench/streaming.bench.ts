import { expect, type Page, test } from "@playwright/test";

import { enter, noise, quantile, say, usage } from "./usage";

const KILOBYTES = Number(process.env.KILOBYTES ?? 200);
const RATE = Number(process.env.RATE ?? 200);
/** Seconds at the end, when the answer is longest, in which the work of each task is measured. */
const TRACED = 20;

type Task = { name: string; ph: string; pid: number; tid: number; dur?: number; tdur?: number };

/** Milliseconds of CPU, and of the clock, that the tasks of the busiest page took. */
function tasksOf(trace: Buffer) {
  const events = (JSON.parse(trace.toString()) as { traceEvents: (Task & { args: { name?: string } })[] })
    .traceEvents;
  const main = events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const byThread = main.map(({ pid, tid }) =>
    events.filter(
      (event) => event.pid === pid && event.tid === tid && event.ph === "X" && event.name.endsWith("RunTask"),
    ),
  );
  const cpuOf = (tasks: Task[]) => tasks.reduce((sum, { tdur = 0 }) => sum + tdur, 0);
  const [busiest = []] = byThread.sort((one, other) => cpuOf(other) - cpuOf(one));
  return {
    cpu: busiest.map(({ tdur = 0 }) => tdur / 1000),
    clock: busiest.map(({ dur = 0 }) => dur / 1000),
  };
}

/** From now on, when each frame is drawn and how long tasks take that take longer than 50 ms. */
const watch = (page: Page) =>
  page.evaluateHandle(() => {
    const seen = { frames: [] as number[], long: [] as number[] };
    const step = (at: number) => {
      seen.frames.push(at);
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
    new PerformanceObserver((entries) =>
      seen.long.push(...entries.getEntries().map(({ duration }) => duration)),
    ).observe({ type: "longtask" });
    return seen;
  });

/** How many frames there were in each second. */
function perSecond(frames: readonly number[]): number[] {
  const first = frames[0] ?? 0;
  const whole = Math.floor(((frames.at(-1) ?? 0) - first) / 1000);
  const counts = Array.from({ length: whole }, () => 0);
  for (const at of frames) {
    const second = Math.floor((at - first) / 1000);
    if (second < whole) counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}

/**
 * Waits until so many characters are on the page, or the answer is over; gives how many there are. It looks by itself:
 * what Playwright waits with goes through the whole page again and again, for a tenth of a second each time.
 */
const shown = (page: Page, enough: number) =>
  page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const look = () => {
          const length = document.querySelector("article .markdown")?.textContent?.length ?? 0;
          const over = document.querySelector("article button[aria-label=Regenerate]");
          if (length >= wanted || over) resolve(length);
          else setTimeout(look, 500);
        };
        look();
      }),
    enough,
  );

test("a long answer is streamed", async ({ page, browser, baseURL }) => {
  await enter(page, baseURL);
  await page.goto("/chat");
  const field = page.getByRole("textbox", { name: "Message", exact: true });
  await field.fill(`Write ${KILOBYTES} kB, ${RATE} tokens a second`);
  // The server has heard by then which models there are.
  await expect(page.getByRole("button", { name: /^Would ask/ })).toBeVisible({ timeout: 30_000 });
  const before = await usage();
  await field.press("Enter");
  const answer = page.getByRole("article", { name: "Answer" });
  await expect(answer.locator(".markdown")).not.toBeEmpty({ timeout: 30_000 });
  const seen = await watch(page);

  const began = Date.now();
  // What is shown is shorter than its Markdown.
  await shown(page, KILOBYTES * 900 - TRACED * RATE * 4.5);
  const pace = (await shown(page, 0)) / ((Date.now() - began) / 1000);
  await browser.startTracing(page, { categories: ["toplevel"] });
  const length = await shown(page, Number.POSITIVE_INFINITY);
  // What follows the end belongs to it: the answer is taken over as it is stored.
  await page.waitForTimeout(1_000);
  const trace = await browser.stopTracing();

  const after = await usage();
  const { frames, long } = await seen.jsonValue();
  const seconds = perSecond(frames);
  const tasks = tasksOf(trace);
  const mean = seconds.reduce((sum, count) => sum + count, 0) / seconds.length;
  say("streaming", `${length} characters in ${seconds.length} s, ${pace.toFixed(0)} a second`);
  say(
    "frames a second",
    `${mean.toFixed(1)} on average, ${quantile(seconds, 0.05)} in the worst twentieth, ${Math.min(...seconds)} at least`,
  );
  say("tasks over 50 ms by the clock", `${long.length}, the longest ${Math.max(0, ...long).toFixed(0)} ms`);
  say(
    "tasks of the last seconds",
    [0.99, 0.999, 1]
      .map((share) => `${100 * share} % below ${quantile(tasks.cpu, share).toFixed(1)} ms of CPU`)
      .join(", "),
  );
  say("noise", noise(before, after));
});

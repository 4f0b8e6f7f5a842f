"use client";

import { type KeyboardEvent, type PointerEvent, useState } from "react";

import { t } from "@/messages/pieces";

import { ChartTip } from "./chart-tip";
import { Axes, Bars, Lines, type Plot } from "./marks";
import { labelled, ticksTo } from "./scale";
import { type Series, topOf } from "./series";
import { useWidth } from "./use-width";

const HEIGHT = 200;
const LEFT = 52;
const BOTTOM = 24;
const TOP = 8;
const WORD = 76;

type Props = {
  label: string;
  kind: "bars" | "lines";
  /** What stands at each place of the axis: short below it, long in the note. */
  times: { short: string; long: string }[];
  series: readonly Series[];
  format: (value: number) => string;
  /** Whether values are counts, so that the axis has whole numbers only. */
  whole?: boolean;
};

/** A place further on by a key; undefined for keys that move nothing. */
function moved(key: string, at: number, last: number): number | undefined {
  switch (key) {
    case "ArrowLeft":
      return Math.max(0, at - 1);
    case "ArrowRight":
      return Math.min(last, at + 1);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}

function plotOf(width: number, count: number, top: number): Plot {
  const inner = Math.max(0, width - LEFT - 8);
  const band = inner / Math.max(1, count);
  const depth = HEIGHT - TOP - BOTTOM;
  return {
    left: LEFT,
    right: LEFT + inner,
    top: TOP,
    bottom: HEIGHT - BOTTOM,
    band,
    x: (at) => LEFT + band * (at + 0.5),
    y: (value) => TOP + depth * (1 - value / (top || 1)),
  };
}

/** Bars or lines over time. Pointer, touch and arrow keys read its values; a table beside it says all of them. */
export function TimeChart({ label, kind, times, series, format, whole = false }: Props) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const [at, setAt] = useState<number | null>(null);
  const ticks = ticksTo(topOf(series, kind), 4, whole);
  const last = times.length - 1;
  const plot = plotOf(width, times.length, ticks.at(-1) ?? 1);

  const point = (event: PointerEvent<HTMLDivElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    setAt(Math.min(last, Math.max(0, Math.floor((x - plot.left) / plot.band))));
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape") return setAt(null);
    const next = moved(event.key, at ?? last, last);
    if (next === undefined) return;
    event.preventDefault();
    setAt(next);
  };
  const here = at === null ? null : times[at];
  const read = (place: number) =>
    series.flatMap(({ key, name, color, values }) => {
      const value = values[place];
      return value == null ? [] : [{ key, name, color, text: format(value) }];
    });
  const spoken = (place: number) =>
    read(place)
      .map(({ name, text }) => `${name} ${text}`)
      .join(", ") || t("chart.silence");

  return (
    <div
      ref={frame}
      role="slider"
      tabIndex={0}
      aria-label={t("chart.slider", { label })}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, last)}
      aria-valuenow={at ?? Math.max(0, last)}
      aria-valuetext={`${times[at ?? last]?.long ?? ""}: ${spoken(at ?? last)}`}
      onPointerMove={point}
      onPointerDown={point}
      onPointerLeave={() => setAt(null)}
      onFocus={(event) => event.currentTarget.matches(":focus-visible") && setAt(at ?? last)}
      onBlur={() => setAt(null)}
      onKeyDown={press}
      className="relative w-full touch-pan-y rounded-md"
      style={{ height: HEIGHT }}
    >
      {width > 0 ? (
        <svg width={width} height={HEIGHT} aria-hidden className="block overflow-visible">
          <Axes
            plot={plot}
            ticks={ticks.map((value) => ({ value, text: format(value) }))}
            words={labelled(times.length, plot.right - plot.left, WORD).map((place) => ({
              at: place,
              text: times[place]?.short ?? "",
            }))}
          />
          {kind === "bars" ? (
            <Bars plot={plot} series={series} at={at} />
          ) : (
            <Lines plot={plot} series={series} at={at} />
          )}
        </svg>
      ) : null}
      {at !== null && here ? (
        <ChartTip
          title={here.long}
          lines={read(at)}
          style={plot.x(at) > width / 2 ? { right: width - plot.x(at) + 12 } : { left: plot.x(at) + 12 }}
        />
      ) : null}
    </div>
  );
}

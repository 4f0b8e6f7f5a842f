/** Round numbers for axes. */

const STEPS = [1, 2, 2.5, 5, 10];

/** Round values from 0 to at least `top`, about `count` of them; whole ones only where parts make no sense. */
export function ticksTo(top: number, count = 4, whole = false): number[] {
  if (!(top > 0)) return whole ? [0, 1] : [0];
  const rough = top / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((each) => each * power >= rough * (1 - 1e-9)) ?? 10) * power;
  const size = whole ? Math.max(1, Math.ceil(step)) : step;
  const many = Math.ceil(top / size - 1e-9);
  return Array.from({ length: many + 1 }, (_, at) => at * size);
}

/** Which of `length` places get a word when each word needs `room` of `width`: evenly, from the first one on. */
export function labelled(length: number, width: number, room: number): number[] {
  const every = Math.max(1, Math.ceil((length * room) / Math.max(width, 1)));
  return Array.from({ length: Math.ceil(length / every) }, (_, at) => at * every);
}

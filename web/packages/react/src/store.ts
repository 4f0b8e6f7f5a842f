import { foldRunEvent, NOTHING_YET, type RunEvent, type RunView } from "./fold";

/** One run's view outside React: any number of events a frame, one notification a frame. */
export class RunStore {
  private latest: RunView = NOTHING_YET;
  private shown: RunView = NOTHING_YET;
  private readonly listeners = new Set<() => void>();
  private frame: number | undefined;

  /** What React may show: changes at most once a frame. */
  readonly snapshot = (): RunView => this.shown;

  /** The newest known state, possibly ahead of the screen. */
  get current(): RunView {
    return this.latest;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  push(event: RunEvent) {
    const next = foldRunEvent(this.latest, event);
    if (next === this.latest) return;
    this.latest = next;
    // Browsers run no animation frames in a hidden tab; without this its answer would stand still.
    if (document.hidden) this.flush();
    else this.frame ??= requestAnimationFrame(this.flush);
  }

  private readonly flush = () => {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
    if (this.shown === this.latest) return;
    this.shown = this.latest;
    for (const listener of this.listeners) listener();
  };
}

/** Time that passes only when nothing else is left to do. Hours of waiting take milliseconds. */
export class VirtualClock {
  private time: number;
  private order = 0;
  private readonly alarms: { readonly at: number; readonly order: number; readonly ring: () => void }[] = [];

  constructor(start: number) {
    this.time = start;
  }

  public readonly now = (): number => this.time;

  /** Calls back after a while. Returns what cancels that. */
  public after(milliseconds: number, ring: () => void): () => void {
    const alarm = { at: this.time + Math.max(0, milliseconds), order: this.order++, ring };
    this.alarms.push(alarm);
    return () => {
      const index = this.alarms.indexOf(alarm);
      if (index >= 0) {
        this.alarms.splice(index, 1);
      }
    };
  }

  public sleep(milliseconds: number): Promise<void> {
    return new Promise(resolve => { this.after(milliseconds, resolve); });
  }

  /** Lets time pass until a promise has settled, or nothing is left that could happen. */
  public async until<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const end = () => { settled = true; };
    promise.then(end, end);
    await this.run(() => settled);
    if (!settled) {
      throw new Error('nothing is left that could happen, and the promise is still open');
    }
    return promise;
  }

  /** Lets time pass until nothing is left that could happen. */
  public async run(isOver: () => boolean = () => false): Promise<void> {
    for (;;) {
      // All that is ready runs first: the world has no other input than these alarms.
      await new Promise(resolve => setImmediate(resolve));
      if (isOver()) {
        return;
      }
      const next = this.takeNext();
      if (next === undefined) {
        return;
      }
      this.time = Math.max(this.time, next.at);
      next.ring();
    }
  }

  private takeNext() {
    let found = 0;
    this.alarms.forEach((it, index) => {
      const first = this.alarms[found];
      if (it.at < first.at || it.at === first.at && it.order < first.order) {
        found = index;
      }
    });
    return this.alarms.splice(found, 1).at(0);
  }
}

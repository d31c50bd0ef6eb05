/** A question before a view is left that would lose something. */
export interface LeaveQuestion {
  readonly title: string;
  readonly text: string;
  /** Label of the button that leaves. */
  readonly leave: string;
  /** Label of the button that stays. */
  readonly stay: string;
}

interface Pending {
  readonly question: LeaveQuestion;
  go(): void;
}

type Navigate = (to: string, options?: object) => void;

/** Holds back what would leave a guarded view, until the question is answered. */
export class Departures {
  readonly #questions: LeaveQuestion[] = [];
  readonly #watchers = new Set<() => void>();
  #pending: Pending | null = null;
  #heldPath: string | null = null;
  /** Position in the history of the guarded view. Null: the browser doesn't tell. */
  #position: number | null = null;
  #path = '';
  #unloads: AbortController | null = null;

  /** What is held back at the moment. */
  get pending(): Pending | null {
    return this.#pending;
  }

  /** The path of the guarded view while a step in the history is being undone. */
  get heldPath(): string | null {
    return this.#heldPath;
  }

  get isGuarded(): boolean {
    return this.#questions.length > 0;
  }

  /** Calls back on every change, until the returned function is called. */
  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  };

  /** Asks the question before the current view is left, until the returned function is called. */
  guard(question: LeaveQuestion): () => void {
    this.#questions.push(question);
    this.#note();
    this.#unloads ??= askBeforeUnload();
    this.#changed();
    return () => {
      const index = this.#questions.indexOf(question);
      if (index < 0) return;
      this.#questions.splice(index, 1);
      if (this.isGuarded) return;
      this.#unloads?.abort();
      this.#unloads = null;
      this.#changed();
    };
  }

  /** Calls `go`, after the question if there is one. */
  readonly ask = (go: () => void): void => {
    const question = this.#questions.at(-1);
    if (!question) return go();
    this.#pending = { question, go };
    this.#changed();
  };

  /** Wraps the navigation of all links. */
  readonly around = (navigate: Navigate, to: string, options?: object): void => {
    const isSameView = new URL(to, location.href).pathname === location.pathname;
    if (isSameView) navigate(to, options);
    else this.ask(() => navigate(to, options));
  };

  /** Leaves the view. */
  leave(): void {
    const go = this.#pending?.go;
    this.#questions.length = 0;
    this.#unloads?.abort();
    this.#unloads = null;
    this.#pending = null;
    this.#changed();
    go?.();
  }

  /** Stays in the view. */
  stay(): void {
    this.#pending = null;
    this.#changed();
  }

  /** Watches the history, before the router does. */
  listen(): () => void {
    const stop = new AbortController();
    window.addEventListener('popstate', (event) => this.#onStep(event), {
      capture: true,
      signal: stop.signal,
    });
    return () => stop.abort();
  }

  /** The browser has already changed the address: it is changed back, and the step is repeated if the answer is yes. */
  #onStep(event: PopStateEvent): void {
    if (this.#heldPath !== null) {
      event.stopImmediatePropagation();
      this.#heldPath = null;
      return;
    }
    if (!this.isGuarded || location.pathname === this.#path) return this.#note();
    event.stopImmediatePropagation();
    const now = position();
    // Without positions, it is most likely a step back.
    const steps = (now !== null && this.#position !== null && now - this.#position) || -1;
    this.#heldPath = this.#path;
    history.go(-steps);
    this.ask(() => history.go(steps));
  }

  #note(): void {
    this.#position = position();
    this.#path = location.pathname;
  }

  #changed(): void {
    for (const changed of this.#watchers) changed();
  }
}

/** The browser asks in its own words before the page is closed or reloaded. */
function askBeforeUnload(): AbortController {
  const stop = new AbortController();
  window.addEventListener('beforeunload', (event) => event.preventDefault(), { signal: stop.signal });
  return stop;
}

function position(): number | null {
  const { navigation } = window as { readonly navigation?: { readonly currentEntry?: { index: number } } };
  return navigation?.currentEntry?.index ?? null;
}

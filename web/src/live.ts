// Keeps a page of `tunnelscope serve` up to date. In: the line that says how fresh it is, what to do with a newer page. Out: the same page,
// changed where the report has changed; the line says whether it is live, stale or cut off. The server says in /api/events that there is
// something new; the page itself is asked for again, so that all that it says is still written by the program.
import { morph } from './morph.ts';

const REST = 1000; // milliseconds between two pages at least
const AGAIN = 5000; // until a stream that was refused is asked for again
const SILENCE = 25_000; // the server says something each ten seconds

export interface Status {
  version: number;
  now: string | null;
  stale: string | null;
}

const clock = (time: string | Date): string => `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

// What the line says; `lost`: since when there is no connection.
export function inWords(status: Status | null, lost: Date | null, headline: string): string {
  if (lost !== null) return `Connection lost at ${clock(lost)}: this page is as it was then. Trying again.`;
  if (status?.stale) return `Stale: ${status.stale}`;
  return `Live: ${headline}`;
}

export class Live {
  private status: Status | null = null;
  private lost: Date | null = null;
  private shown: number;
  private asking = false;
  private stream: EventSource | null = null;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private readonly state: HTMLElement;
  private readonly time: HTMLElement;

  // `own`: ids of parts that scripts fill; `changed`: called with each newer page, after this one has taken it over.
  constructor(
    private readonly line: HTMLElement,
    private readonly own: ReadonlySet<string>,
    private readonly changed: (fresh: Document) => void,
  ) {
    this.shown = Number(line.dataset['version']);
    this.state = line.querySelector<HTMLElement>('.state')!;
    this.time = line.querySelector<HTMLElement>('.time')!;
    this.listen();
  }

  private listen(): void {
    this.stream?.close();
    const stream = new EventSource('api/events');
    this.stream = stream;
    for (const kind of ['changed', 'alive']) {
      stream.addEventListener(kind, (event) => {
        this.hear(JSON.parse(event.data as string) as Status);
      });
    }
    stream.addEventListener('error', () => {
      this.lose();
      if (stream.readyState === EventSource.CLOSED) this.waitFor(AGAIN);
    });
    this.waitFor(SILENCE);
  }

  private waitFor(patience: number): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => {
      this.lose();
      this.listen();
    }, patience);
  }

  private hear(status: Status): void {
    this.lost = null;
    this.status = status;
    this.waitFor(SILENCE);
    this.say();
    void this.refresh();
  }

  private lose(): void {
    this.lost ??= new Date();
    this.say();
  }

  private say(): void {
    const headline = document.querySelector('h1')?.textContent ?? '';
    const words = inWords(this.status, this.lost, headline);
    if (this.state.textContent !== words) this.state.textContent = words; // a screen reader says what changes
    const now = this.status?.now;
    if (now && this.lost === null) this.time.textContent = `as of ${clock(now)}`;
    this.line.classList.toggle('lost', this.lost !== null);
    this.line.classList.toggle('stale', this.lost === null && Boolean(this.status?.stale));
  }

  // One at a time, and not again and again while much happens.
  private async refresh(): Promise<void> {
    if (this.asking || this.status === null || this.status.version === this.shown) return;
    this.asking = true;
    try {
      const answer = await fetch('./', { cache: 'no-cache' });
      if (answer.status === 401) location.reload(); // the browser asks for the token
      if (!answer.ok) throw new Error(String(answer.status));
      this.take(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    } catch {
      this.lose();
    }
    setTimeout(() => {
      this.asking = false;
      if (this.lost === null) void this.refresh();
    }, REST);
  }

  private take(fresh: Document): void {
    const version = Number(fresh.getElementById('live')?.dataset['version']);
    if (Number.isNaN(version)) throw new Error('not a page of ours');
    const section = document.activeElement?.closest<HTMLElement>('main > section') ?? null;
    morph(document.body, fresh.body, this.own);
    document.title = fresh.title;
    this.shown = version;
    if (section !== null && section.isConnected && document.activeElement === document.body) {
      section.tabIndex = -1; // what had the focus has gone: the part that it was in gets it
      section.focus({ preventScroll: true });
    }
    this.changed(fresh);
    this.say();
  }
}

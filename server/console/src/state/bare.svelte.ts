// Masked values that somebody had shown, for as long as they may be seen: a minute, or until they leave the
// page. They are kept here alone.
import { show, type MaskedField, type Purpose } from "../api/trail";

/** How long a value may be seen, in seconds. */
const SECONDS = 60;

interface Bare {
  values: unknown[];
  left: number;
}

class BareValues {
  #shown = $state<Record<string, Bare>>({});
  #clock: ReturnType<typeof setInterval> | undefined;

  of(field: MaskedField): Bare | undefined {
    return this.#shown[nameOf(field)];
  }

  /** Throws a `Problem` when the server refuses. */
  async show(field: MaskedField, why: { purpose: Purpose; words: string }): Promise<void> {
    const { values } = await show(field, why);
    this.#shown[nameOf(field)] = { values, left: SECONDS };
    this.#clock ??= setInterval(() => this.#tick(), 1000);
  }

  hide(field: MaskedField): void {
    delete this.#shown[nameOf(field)];
  }

  forget(): void {
    clearInterval(this.#clock);
    this.#clock = undefined;
    this.#shown = {};
  }

  #tick(): void {
    for (const [name, bare] of Object.entries(this.#shown)) {
      bare.left -= 1;
      if (bare.left <= 0) delete this.#shown[name];
    }
    if (Object.keys(this.#shown).length === 0) this.forget();
  }
}

const nameOf = ({ area, record, key }: MaskedField): string => `${area}/${record}/${key}`;

export const bare = new BareValues();

for (const leaving of ["pagehide", "beforeprint"]) addEventListener(leaving, () => bare.forget());

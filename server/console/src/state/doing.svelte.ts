// Something that a form does: once at a time, and with what the server says against it.
import { Problem } from "../api/problem";

export class Doing {
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** Does it, unless it is under way; answers whether it was done. */
  async run(act: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = null;
    try {
      await act();
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problem = error;
      return false;
    } finally {
      this.busy = false;
    }
  }

  /** What a form does when it is sent. */
  readonly on =
    (act: () => Promise<void>) =>
    (event: SubmitEvent): Promise<boolean> => {
      event.preventDefault();
      return this.run(act);
    };
}

/**
 * @module
 * Secret variables whose file or environment variable does not exist. If keys are made in place of absent ones, one of
 * these may be such a key, so it is reported only after all policies have loaded.
 */
export class AbsentSecrets {
  /** Whether keys are made in place of all: then every secret variable is left unread, and none is reported. */
  readonly areAll: boolean;
  readonly #reports = new Map<string, () => void>();
  readonly #excused = new Set<string>();
  #isAnyPolicyUnread = false;

  constructor(areAll: boolean) {
    this.areAll = areAll;
  }

  /** @param id by `Variables.idOf` */
  note(id: string, report: () => void): void {
    this.#reports.set(id, report);
  }

  has(id: string): boolean {
    return this.#reports.has(id);
  }

  /** Forgets a variable in whose place a key was made. */
  excuse(id: string): void {
    this.#excused.add(id);
  }

  /** A policy could not be read. Which variables are its keys is unknown, so none of them is reported: its error is. */
  noteUnreadPolicy(): void {
    this.#isAnyPolicyUnread = true;
  }

  /** Reports all others. */
  report(): void {
    if (this.areAll || this.#isAnyPolicyUnread) return;
    for (const [id, report] of this.#reports) if (!this.#excused.has(id)) report();
  }
}

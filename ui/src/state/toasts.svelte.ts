/** A short word that needs no answer. */
export type Toast = { id: number; text: string; tone: "plain" | "danger" };

const SHOWN_MS = 5_000;

export class Toasts {
  list = $state<Toast[]>([]);
  #next = 1;

  show(text: string, tone: Toast["tone"] = "plain"): void {
    const id = this.#next++;
    this.list = [...this.list.filter((toast) => toast.text !== text), { id, text, tone }].slice(-3);
    setTimeout(() => this.close(id), SHOWN_MS);
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}

// <practice-keys>: single keys on the feedback page.
import { SingleKeys } from "./keys.js";

class PracticeKeys extends SingleKeys {
  action(event) {
    return {
      j: () => this.step(1),
      k: () => this.step(-1),
      e: () => this.evidence(),
      h: () => this.hint(),
      r: () => document.getElementById("revise")?.click(),
    }[event.key];
  }

  hint() {
    const point = this.here ?? [...document.querySelectorAll(".point")].find((each) => each.querySelector("[data-key=hint]"));
    point?.querySelector("[data-key=hint]")?.click();
  }
}

customElements.define("practice-keys", PracticeKeys);

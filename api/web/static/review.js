// What a script adds to the review pages; without it every action is a form.
import { SingleKeys, element } from "./keys.js";

// <review-keys>: choose a point, set its verdict, go on.
class ReviewKeys extends SingleKeys {
  connectedCallback() {
    super.connectedCallback();
    document.getElementById("complaint")?.focus();
  }

  action(event) {
    if (/^[1-9]$/.test(event.key)) return () => this.go(document.querySelector(`.point[data-number="${event.key}"]`));
    if (event.key === "Enter") return event.shiftKey ? () => document.querySelector("[data-next]")?.click() : undefined;
    if ("ypnwx".includes(event.key)) return () => this.set(event.key);
    return {
      j: () => this.step(1),
      k: () => this.step(-1),
      e: () => this.evidence(),
      u: () => document.querySelector("evidence-picker")?.use(this.here?.dataset.number),
    }[event.key];
  }

  go(element) {
    reveal(element);
    super.go(element);
  }

  set(key) {
    const option = this.here?.querySelector(`input[data-key="${key}"]`);
    if (!option) return;
    const change = option.closest("details");
    if (change) change.open = true;
    option.checked = true;
    if (change) option.focus();
  }
}

// <evidence-picker>: words picked in the answer become evidence of a point; the server looks whether they stand there.
class EvidencePicker extends HTMLElement {
  connectedCallback() {
    this.own = this.querySelector(".own");
    this.bar = element("div", "", { class: "picked", role: "group", "aria-label": "Use the words as evidence" });
    this.bar.hidden = true;
    this.bar.append(element("span", "Evidence for point"));
    for (const point of this.querySelectorAll(".point")) {
      const button = element("button", point.dataset.number, { type: "button", "aria-label": `Point ${point.dataset.number}` });
      button.addEventListener("mousedown", (event) => event.preventDefault()); // which would drop what is picked
      button.addEventListener("click", () => this.use(point.dataset.number));
      this.bar.append(button);
    }
    this.append(this.bar);
    this.changed = () => this.look();
    document.addEventListener("selectionchange", this.changed);
  }

  disconnectedCallback() {
    document.removeEventListener("selectionchange", this.changed);
  }

  look() {
    const selection = getSelection();
    const inside = !selection.isCollapsed && this.own?.contains(selection.anchorNode) && this.own.contains(selection.focusNode);
    if (inside) this.words = wordsOf(selection.getRangeAt(0));
    this.bar.hidden = !inside || !this.words;
  }

  use(number) {
    const point = this.querySelector(`.point[data-number="${number}"]`);
    if (!this.words || !point) return;
    const field = point.querySelector(".evidence-words");
    field.value = [field.value.trim(), this.words].filter(Boolean).join("\n");
    point.querySelector(".change").open = true;
    this.words = "";
    getSelection().removeAllRanges();
    reveal(point);
    field.focus();
  }
}

// Where answer and rubric are tabs, the address says which one is shown.
function reveal(element) {
  if (element && !element.checkVisibility()) location.hash = element.closest(".panel").id;
}

function wordsOf(range) {
  const copy = range.cloneContents();
  for (const extra of copy.querySelectorAll(".hidden, .ref")) extra.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

customElements.define("review-keys", ReviewKeys);
customElements.define("evidence-picker", EvidencePicker);

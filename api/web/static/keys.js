// Single keys on a page, off in text fields, and off altogether for who switches them off. The page's element says what
// they do; which of them do something on the page stands written in it, as <details> until there is a script.

const SWITCH = "practice-keys-off"; // its first name; who has switched them off has done so everywhere

export class SingleKeys extends HTMLElement {
  connectedCallback() {
    const written = this.querySelector("details");
    if (written) this.offer(written);
    this.pressed = (event) => this.press(event);
    document.addEventListener("keydown", this.pressed);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.pressed);
  }

  offer(written) {
    const open = element("button", "?", { type: "button", class: "keys-button", "aria-label": "Keyboard shortcuts" });
    this.help = element("dialog", "", { class: "keys-help", "aria-labelledby": "keys-title" });
    const label = element("label", "", { class: "choice" });
    const box = element("input", "", { type: "checkbox" });
    box.checked = !localStorage.getItem(SWITCH);
    box.addEventListener("change", () => (box.checked ? localStorage.removeItem(SWITCH) : localStorage.setItem(SWITCH, "1")));
    label.append(box, " Single keys do this");
    const form = element("form", "", { method: "dialog" });
    form.append(element("button", "Close", {}));
    this.help.append(element("h2", "Keyboard shortcuts", { id: "keys-title" }), written.querySelector("dl"), label, form);
    open.addEventListener("click", () => this.help.showModal());
    written.replaceWith(open, this.help);
  }

  press(event) {
    const typing = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || this.help.open) return;
    if (localStorage.getItem(SWITCH)) return; // also "?", which a person who dictates may say; the button stays
    const act = event.key === "?" ? () => this.help.showModal() : this.action(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  get here() {
    return document.activeElement?.closest(".point");
  }

  step(by) {
    const points = [...document.querySelectorAll(".point")];
    const now = this.here ? points.indexOf(this.here) : by > 0 ? -1 : points.length;
    this.go(points[Math.min(points.length - 1, Math.max(0, now + by))]);
  }

  evidence() {
    if (!this.here) return;
    this.go(document.querySelector(`mark a[href="#${this.here.id}"]`));
  }

  go(element) {
    element?.focus();
  }
}

export function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

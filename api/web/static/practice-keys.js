// <practice-keys>: single keys on the feedback page, off in text fields, and off altogether for who switches them off.

const SWITCH = "practice-keys-off";
const KEYS = [
  ["j", "next key point"],
  ["k", "previous key point"],
  ["e", "its evidence in your words"],
  ["h", "next hint"],
  ["r", "revise"],
  ["?", "this help"],
];

class PracticeKeys extends HTMLElement {
  connectedCallback() {
    if (!document.querySelector(".points")) return;
    this.offer();
    this.pressed = (event) => this.press(event);
    document.addEventListener("keydown", this.pressed);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.pressed);
  }

  offer() {
    const open = element("button", "?", { type: "button", class: "keys-button", "aria-label": "Keyboard shortcuts" });
    this.help = element("dialog", "", { class: "keys-help", "aria-labelledby": "keys-title" });
    const list = element("dl");
    for (const [key, what] of KEYS) {
      const term = element("dt");
      term.append(element("kbd", key));
      list.append(term, element("dd", what));
    }
    const label = element("label", "", { class: "choice" });
    const box = element("input", "", { type: "checkbox" });
    box.checked = !localStorage.getItem(SWITCH);
    box.addEventListener("change", () => (box.checked ? localStorage.removeItem(SWITCH) : localStorage.setItem(SWITCH, "1")));
    label.append(box, " Single keys do this");
    const form = element("form", "", { method: "dialog" });
    form.append(element("button", "Close", {}));
    this.help.append(element("h2", "Keyboard shortcuts", { id: "keys-title" }), list, label, form);
    open.addEventListener("click", () => this.help.showModal());
    this.append(open, this.help);
  }

  press(event) {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || this.help.open) return;
    if (event.key !== "?" && localStorage.getItem(SWITCH)) return;
    const act = { j: () => this.step(1), k: () => this.step(-1), e: () => this.evidence(), h: () => this.hint(), r: () => document.getElementById("revise")?.click(), "?": () => this.help.showModal() }[event.key];
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
    points[Math.min(points.length - 1, Math.max(0, now + by))]?.focus();
  }

  evidence() {
    if (!this.here) return;
    document.querySelector(`mark a[href="#${this.here.id}"]`)?.focus();
  }

  hint() {
    const point = this.here ?? [...document.querySelectorAll(".point")].find((each) => each.querySelector("[data-key=hint]"));
    point?.querySelector("[data-key=hint]")?.click();
  }
}

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

customElements.define("practice-keys", PracticeKeys);

// <answer-saver> around an answer's form: saves what was written while it is written. The form works without it.
// The time that is left is counted on, and said aloud when it gets short.

const SAVE_AFTER_MS = 1500;

class AnswerSaver extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.state = this.querySelector(".kept");
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("submit", (event) => this.sending(event));
    addEventListener("online", () => this.save());
    const { answer } = this.form.elements;
    if (answer.value !== answer.defaultValue) this.changed(); // written before this script was there
  }

  changed() {
    this.say("");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVE_AFTER_MS);
  }

  save() {
    this.saving = (this.saving ?? Promise.resolve()).then(() => this.send());
    return this.saving;
  }

  async send() {
    const fields = new URLSearchParams(new FormData(this.form));
    fields.set("go", "saved");
    try {
      const reply = await fetch(this.form.action, { method: "POST", body: fields, redirect: "manual" });
      if (reply.status === 409) this.say("Changed on another device. Press Save to see both versions.");
      else if (reply.type === "opaqueredirect") this.say("The time is over: what was saved is handed in.");
      else if (!reply.ok) throw new Error(String(reply.status));
      else {
        this.form.elements.revision.value = (await reply.json()).revision;
        this.say("Saved.");
      }
    } catch {
      this.say("Not saved: no connection. Keep this page open; it is tried again.");
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), 5 * SAVE_AFTER_MS);
    }
  }

  async sending(event) {
    clearTimeout(this.timer);
    if (!this.saving) return;
    event.preventDefault(); // a saving under way brings the revision that this one is to follow
    const pressed = event.submitter;
    await this.saving;
    this.saving = undefined;
    setTimeout(() => this.form.requestSubmit(pressed)); // a form cannot be sent while its own event is under way
  }

  say(words) {
    this.state.textContent = words;
  }
}

customElements.define("answer-saver", AnswerSaver);

const TICK_MS = 5000;
const SHORT_MINUTES = 5;

function countDown(time) {
  const minutes = Math.max(0, Math.ceil((new Date(time.dataset.deadline) - Date.now()) / 60000));
  const words = minutes ? `${minutes} minute${minutes === 1 ? "" : "s"} left` : "The time is over: what is saved is handed in";
  if (time.textContent !== words) time.textContent = words;
  if (minutes > SHORT_MINUTES || time.classList.contains("short")) return;
  time.classList.add("short");
  time.setAttribute("role", "status"); // from here on every minute is said
}

for (const time of document.querySelectorAll(".time[data-deadline]")) {
  countDown(time);
  setInterval(() => countDown(time), TICK_MS);
}

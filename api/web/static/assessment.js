// <answer-saver> around an answer's form: saves what was written while it is written. The form works without it.

const SAVE_AFTER_MS = 1500;

class AnswerSaver extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.state = this.querySelector(".kept");
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("submit", (event) => this.sending(event));
    addEventListener("online", () => this.save());
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
    this.form.requestSubmit(pressed);
  }

  say(words) {
    this.state.textContent = words;
  }
}

customElements.define("answer-saver", AnswerSaver);

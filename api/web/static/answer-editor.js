// <answer-editor> around an answer's form: counts words, keeps the draft, sends with Ctrl+Enter, takes dictation.

const KEEP_AFTER_MS = 1500;
const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
const TROUBLE = {
  "not-allowed": "The browser may not use the microphone. Allow it for this page in the browser’s settings, or type.",
  "service-not-allowed": "This browser does not offer dictation here. Type, or use the dictation of your keyboard.",
  "audio-capture": "There is no microphone.",
  "no-speech": "Nothing was heard.",
  network: "Dictation needs a connection, and there is none.",
};

class AnswerEditor extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.text = this.querySelector("textarea");
    this.words = this.querySelector(".words");
    this.state = this.querySelector(".kept");
    this.place = this.form.getAttribute("action"); // form.action is the button of that name
    this.spare = `draft ${this.place}`;
    this.restore();
    this.count();
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.form.requestSubmit(this.form.querySelector("button.primary"));
      }
    });
    this.form.addEventListener("submit", (event) => this.sending(event));
    this.online = () => this.keep();
    this.offline = () => this.say("You are offline. Your text is kept in this browser.");
    addEventListener("online", this.online);
    addEventListener("offline", this.offline);
    addEventListener("pageshow", () => this.form.removeAttribute("aria-busy"));
    if (Recognition) this.offerDictation();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.listening?.stop();
    removeEventListener("online", this.online);
    removeEventListener("offline", this.offline);
  }

  restore() {
    const spare = localStorage.getItem(this.spare);
    if (spare === null) return;
    if (this.text.value.trim() === "") {
      this.text.value = spare;
      this.say("Your text from before the connection was lost is back.");
    }
    localStorage.removeItem(this.spare);
  }

  count() {
    const count = this.text.value.trim().split(/\s+/).filter(Boolean).length;
    const limit = Number(this.text.dataset.limit);
    const over = this.text.value.length - limit;
    this.words.textContent = `${count} word${count === 1 ? "" : "s"}${over > 0 ? `, ${over} characters too long` : ""}`;
  }

  changed() {
    this.count();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), KEEP_AFTER_MS);
  }

  async keep() {
    const fields = new URLSearchParams(new FormData(this.form));
    fields.set("action", "draft");
    try {
      const headers = { "HX-Request": "true" };
      const answer = await fetch(this.place, { method: "POST", body: fields, headers, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      localStorage.removeItem(this.spare);
      this.say("Draft kept.");
    } catch {
      localStorage.setItem(this.spare, this.text.value);
      this.say(navigator.onLine ? "The server does not answer. Your text is kept in this browser." : "You are offline. Your text is kept in this browser.");
    }
  }

  sending(event) {
    clearTimeout(this.timer);
    if (this.form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      return;
    }
    if (!navigator.onLine) {
      event.preventDefault();
      this.keep();
      return;
    }
    this.form.setAttribute("aria-busy", "true");
    this.listening?.stop();
    if (event.submitter?.value !== "draft") this.say("Grading: your answer is read against each key point…");
  }

  offerDictation() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "dictate";
    button.textContent = "Dictate";
    button.setAttribute("aria-pressed", "false");
    button.title = "Your browser writes down what you say; it may send the sound to its maker.";
    button.addEventListener("click", () => this.dictate(button));
    this.querySelector(".send").append(button);
    this.heard = document.createElement("p");
    this.heard.className = "heard";
    this.heard.setAttribute("aria-hidden", "true"); // changes with every syllable; what is final is in the field
    this.text.after(this.heard);
  }

  dictate(button) {
    if (this.listening) {
      this.listening.stop();
      return;
    }
    const recognition = new Recognition();
    recognition.lang = "en-US";
    recognition.continuous = true;
    recognition.interimResults = true;
    recognition.addEventListener("result", (event) => this.hear(Array.from(event.results).slice(event.resultIndex)));
    recognition.addEventListener("error", (event) => this.say(TROUBLE[event.error] ?? `Dictation does not work here (${event.error}).`));
    recognition.addEventListener("end", () => {
      this.listening = undefined;
      this.heard.textContent = "";
      button.setAttribute("aria-pressed", "false");
      button.textContent = "Dictate";
    });
    this.listening = recognition;
    button.setAttribute("aria-pressed", "true");
    button.textContent = "Stop dictating";
    this.say("Listening. Speak; your browser may send the sound to its maker.");
    recognition.start();
  }

  // What is final is text; what the browser still weighs is only shown.
  hear(results) {
    for (const result of results) if (result.isFinal) this.insert(result[0].transcript.trim());
    this.heard.textContent = results.filter((each) => !each.isFinal).map((each) => each[0].transcript).join("").trim();
  }

  insert(words) {
    const before = this.text.value;
    this.text.value = before + (before && !/\s$/.test(before) ? " " : "") + words;
    this.changed();
  }

  say(words) {
    this.state.textContent = words;
  }
}

customElements.define("answer-editor", AnswerEditor);

// The page: whatever changes in the form, the verdict follows.

import { KeyError } from "countersign";
import { curlCommand } from "./curl.js";
import { find, setText } from "./dom.js";
import {
  annotate,
  chooseScheme,
  describeScheme,
  type Filled,
  fields,
  fillBody,
  listSchemes,
  questionIn,
  readForm,
  showProblem,
} from "./form.js";
import { type Header, printHeaders } from "./headers.js";
import { judge } from "./judge.js";
import { randomSecret, sign, signedSample } from "./sample.js";
import { markOutdated, showFailure, showVerdict } from "./show.js";

/** Long enough not to judge half a word, short enough to feel immediate. */
const PAUSE_IN_TYPING_MS = 150;
/** What the page shows when it is opened. */
const FIRST_SCHEME = "stripe";

let pause: number | undefined;
/** What the form held when it was last filled with a sample. */
let sample: { readonly headers: string; readonly body: string } | undefined;

listSchemes();
chooseScheme(FIRST_SCHEME);
describeScheme();
react();
makeSample();

function react(): void {
  fields.form.addEventListener("submit", (event) => event.preventDefault());
  fields.form.addEventListener("input", () => {
    markOutdated();
    say("");
    clearTimeout(pause);
    pause = setTimeout(check, PAUSE_IN_TYPING_MS);
  });
  fields.scheme.addEventListener("change", () => {
    describeScheme();
    // Who only looks around wants to see what this sender sends; who pasted something keeps it.
    if (isSampleUntouched()) {
      makeSample();
    } else {
      check();
    }
  });
  fields.clock.addEventListener("change", () => {
    if (fields.clock.value === "other") {
      fields.instant.value ||= new Date().toISOString();
    }
    check();
  });
  fields.bodyForm.addEventListener("change", check);

  fields.bodyFile.addEventListener("change", () => loadBody(fields.bodyFile.files?.[0]));
  // A file's name stands there only as long as its bytes are in the form.
  fields.bodyFile.addEventListener("click", forgetFile);
  fields.body.addEventListener("input", forgetFile);
  fields.body.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) {
      event.preventDefault();
    }
  });
  fields.body.addEventListener("drop", (event) => {
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) {
      event.preventDefault();
      forgetFile();
      loadBody(file);
    }
  });

  onClick("make-sample", makeSample);
  onClick("sign-body", signBody);
  onClick("copy-curl", copyAsCurl);
  onClick("clear", clearForm);
  onClick("show-secret", toggleSecret);
}

/** Judges what the form holds now. */
function check(): void {
  clearTimeout(pause);
  const filled = readForm();
  annotate(filled);
  showProblem(fields.secret, "");
  const question = questionIn(filled);
  if ("wanted" in question) {
    showVerdict({ kind: "waiting", wanted: question.wanted });
    return;
  }
  try {
    const verdict = judge(question);
    if (verdict.kind === "bad-key") {
      showProblem(fields.secret, `Line ${verdict.line} is no key for ${filled.scheme.title}.`);
    }
    showVerdict(verdict, { leaveOutTime });
  } catch (error) {
    showFailure();
    throw error;
  }
}

function leaveOutTime(): void {
  fields.clock.value = "own";
  check();
  // The button that had the focus is gone.
  find("verdict", HTMLElement).focus();
}

function makeSample(): void {
  const { scheme, secrets, clock } = readForm();
  if (secrets.length === 0) {
    fields.secret.value = randomSecret();
  }
  withSigner((secret) => {
    const { headers, body } = signedSample(scheme, secret, timeOf(clock));
    fields.headers.value = printHeaders(headers);
    fillBody(new TextEncoder().encode(body));
    forgetFile();
    sample = { headers: fields.headers.value, body: fields.body.value };
    return "A sample, signed in this page. Put what you received in its place.";
  });
}

/** Puts the headers that prove the body in place of those that are there. */
function signBody(): void {
  const { scheme, secrets, headers, body, clock } = readForm();
  if (secrets.length === 0) {
    fields.secret.value = randomSecret();
  }
  withSigner((secret) => {
    if (body === undefined) {
      return "The body cannot be read, so it cannot be signed.";
    }
    const signed = sign(scheme, secret, body, timeOf(clock));
    const isReplaced = ([name]: Header) => signed.some(([other]) => other === name.toLowerCase());
    const kept = headers.headers.filter((header) => !isReplaced(header));
    fields.headers.value = printHeaders([...kept, ...signed]);
    const names = signed.map(([name]) => name).join(", ");
    return `Signed as ${scheme.title} would, just now: ${names}.`;
  });
}

/** Does something with the first secret, and says what came of it or why that secret cannot sign. */
function withSigner(use: (secret: string) => string): void {
  try {
    say(use(readForm().secrets[0]?.text ?? ""));
  } catch (error) {
    if (!(error instanceof KeyError)) {
      showFailure();
      throw error;
    }
    say(`Not signed: ${error.message.replaceAll("`", "")}.`);
  }
  check();
}

/** When a delivery is signed that is to be checked by this clock. */
function timeOf(clock: Filled["clock"]): Date {
  return clock instanceof Date ? clock : new Date();
}

function isSampleUntouched(): boolean {
  return fields.headers.value === sample?.headers && fields.body.value === sample.body;
}

async function copyAsCurl(): Promise<void> {
  const { scheme, headers, body } = readForm();
  if (body === undefined) {
    say("The body cannot be read, so there is nothing to send.");
    return;
  }
  const command = curlCommand(`${location.origin}/in/${scheme.name}`, headers.headers, body);
  try {
    await navigator.clipboard.writeText(command);
    say(`Copied. It posts to /in/${scheme.name} of this gate, which has to hold the same secret.`);
  } catch {
    // Browsers let pages copy only where they came by HTTPS or from this machine, or never.
    const fallback = find("curl-command", HTMLTextAreaElement);
    fallback.value = command;
    fallback.hidden = false;
    say("This browser does not let the page copy. Here it is:");
  }
}

function clearForm(): void {
  for (const field of [fields.secret, fields.headers, fields.body, fields.instant]) {
    field.value = "";
  }
  fields.tolerance.value = "";
  fields.bodyForm.value = "lf";
  fields.clock.value = "now";
  forgetFile();
  sample = undefined;
  say("");
  check();
  fields.secret.focus();
}

function toggleSecret(): void {
  const button = find("show-secret", HTMLButtonElement);
  const isMasked = fields.secret.classList.toggle("masked");
  setText(button, isMasked ? "Show secret" : "Hide secret");
}

async function loadBody(file: File | undefined): Promise<void> {
  if (file !== undefined) {
    fillBody(new Uint8Array(await file.arrayBuffer()));
    check();
  }
}

function forgetFile(): void {
  fields.bodyFile.value = "";
}

/** Says what a button has done. */
function say(message: string): void {
  const note = find("action-note", HTMLElement);
  setText(note, message);
  note.hidden = message === "";
}

function onClick(id: string, act: () => void): void {
  find(id, HTMLButtonElement).addEventListener("click", () => {
    find("curl-command", HTMLElement).hidden = true;
    act();
  });
}

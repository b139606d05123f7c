// The page: whatever changes in the form, the verdict follows.

import { KeyError, type SchemeInfo } from "countersign";
import { curlCommand } from "./curl.js";
import { find, setText } from "./dom.js";
import {
  annotate,
  chooseScheme,
  chosenScheme,
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
import { makeUp, makeUpArrival, takeBack } from "./made-up.js";
import {
  NotSigned,
  type Recording,
  randomSecret,
  recordingOf,
  type SampleRequest,
  sampleUrl,
  sign,
  signedSample,
} from "./sample.js";
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
  const scheme = chosenScheme();
  takeBack(scheme.name);
  const recording = recordingOf(scheme);
  if (recording !== undefined && isOwn(recording.secret)) {
    showRecording(scheme, recording);
    return;
  }
  if (recording === undefined) {
    makeUp(fields.secret, randomSecret(scheme), scheme.name);
    makeUp(fields.url, sampleUrl(scheme), scheme.name);
  }
  const { method, url, clock } = readForm();
  withSigner((secret) => {
    fillSample(signedSample(scheme, secret, { method, url }, timeOf(clock)));
    return "A sample, signed in this page. Put what you received in its place.";
  });
}

/** Whether the secret is what it would be filled with, or is yet to be filled in. */
function isOwn(secret: string): boolean {
  return ["", secret.trim()].includes(fields.secret.value.trim());
}

/** Shows a delivery that was signed elsewhere, as of when it arrived. */
function showRecording({ name, title }: SchemeInfo, recording: Recording): void {
  makeUp(fields.secret, recording.secret, name);
  if (recording.at !== undefined) {
    makeUpArrival(recording.at, name);
  }
  fillSample(recording);
  say(
    `A recorded sample with the key to check it: ${title} signs with a private one. Put what you received in its place.`,
  );
  check();
}

function fillSample({ headers, body, url }: SampleRequest): void {
  fields.headers.value = printHeaders(headers);
  fields.url.value = url || fields.url.value;
  fillBody(body);
  forgetFile();
  sample = { headers: fields.headers.value, body: fields.body.value };
}

/** Puts what proves the body in place of what is there: headers, or a text in the body itself. */
function signBody(): void {
  const { scheme, headers, body, method, url, clock } = readForm();
  if (recordingOf(scheme) === undefined) {
    makeUp(fields.secret, randomSecret(scheme), scheme.name);
  }
  withSigner((secret) => {
    if (body === undefined) {
      return "The body cannot be read, so it cannot be signed.";
    }
    const signed = sign(scheme, secret, { body, method, url }, timeOf(clock));
    const isReplaced = ([name]: Header) =>
      signed.headers.some(([other]) => other === name.toLowerCase());
    const kept = headers.headers.filter((header) => !isReplaced(header));
    fields.headers.value = printHeaders([...kept, ...signed.headers]);
    fields.url.value = signed.url || fields.url.value;
    if (signed.headers.length === 0) {
      fillBody(signed.body);
      return `Signed as ${scheme.title} would: the proof is in the body.`;
    }
    const names = signed.headers.map(([name]) => name).join(", ");
    return `Signed as ${scheme.title} would, just now: ${names}.`;
  });
}

/** Does something with the first secret, and says what came of it or why that secret cannot sign. */
function withSigner(use: (secret: string) => string): void {
  try {
    say(use(readForm().secrets[0]?.text ?? ""));
  } catch (error) {
    if (!(error instanceof KeyError || error instanceof NotSigned)) {
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
  const { scheme, headers, body, method, url } = readForm();
  if (body === undefined) {
    say("The body cannot be read, so there is nothing to send.");
    return;
  }
  // The gate knows the URL that the sender was given; only the query may be another in each delivery.
  const target = `${location.origin}/in/${scheme.name}${url.match(/\?[^#]*/)?.[0] ?? ""}`;
  const command = curlCommand({ method, url: target, headers: headers.headers, body });
  try {
    await navigator.clipboard.writeText(command);
    const held = scheme.signsUrl ? "the same secret and URL" : "the same secret";
    say(`Copied. It posts to /in/${scheme.name} of this gate, which has to hold ${held}.`);
  } catch {
    // Browsers let pages copy only where they came by HTTPS or from this machine, or never.
    const fallback = find("curl-command", HTMLTextAreaElement);
    fallback.value = command;
    fallback.hidden = false;
    say("This browser does not let the page copy. Here it is:");
  }
}

function clearForm(): void {
  for (const field of [fields.secret, fields.url, fields.headers, fields.body, fields.instant]) {
    field.value = "";
  }
  fields.tolerance.value = "";
  fields.method.value = "POST";
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

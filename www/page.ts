// The entry point of the page. It connects the form, the buttons and the verdict: whenever the form changes, the delivery
// in it is verified and the verdict is shown.

import { KeyError, type SchemeInfo } from "countersign";
import { curlCommand } from "./curl.js";
import { readCurl } from "./curl-body.js";
import { find, setText } from "./dom.js";
import {
  clearExamplesOfOtherSchemes,
  fillExample,
  fillExampleArrival,
  holdsExample,
} from "./example-values.js";
import { fields } from "./fields.js";
import { deliveryIn, type FormContents, fillBody, readForm } from "./form.js";
import { annotateForm, showProblem } from "./form-notes.js";
import { type Header, isCurl, printHeaders } from "./headers.js";
import { type Recording, recordingOf } from "./recordings.js";
import { randomSecret, sampleUrl, signedSample } from "./sample.js";
import { chooseScheme, chosenScheme, describeScheme, listSchemes } from "./scheme-select.js";
import { type SignedRequest, SigningError, sign } from "./sign.js";
import { markOutdated, showFailure, showVerdict } from "./verdict-panel.js";
import { verifyDelivery } from "./verify-delivery.js";

/** Long enough that a half-typed word is not checked, short enough to feel immediate. */
const TYPING_PAUSE_MS = 150;
/** The scheme of the sample that the page opens with. */
const FIRST_SCHEME = "stripe";

let typingPause: number | undefined;
/** The headers and body of the last sample, to see whether the user has changed them. */
let sample: { readonly headers: string; readonly body: string } | undefined;

listSchemes();
chooseScheme(FIRST_SCHEME);
describeScheme();
listen();
createSample();

function listen(): void {
  fields.form.addEventListener("submit", (event) => event.preventDefault());
  fields.form.addEventListener("input", () => {
    markOutdated();
    showNote("");
    clearTimeout(typingPause);
    typingPause = setTimeout(check, TYPING_PAUSE_MS);
  });
  fields.scheme.addEventListener("change", () => {
    describeScheme();
    // An unchanged sample is replaced by one of the new sender. Anything that the user pasted stays.
    if (isSampleUnchanged()) {
      createSample();
    } else {
      check();
    }
  });
  fields.clock.addEventListener("change", () => {
    if (fields.clock.value === "received-at") {
      fields.receivedAt.value ||= new Date().toISOString();
    }
    check();
  });
  fields.bodyFormat.addEventListener("change", check);
  fields.headers.addEventListener("input", takeFromCurl);

  fields.bodyFile.addEventListener("change", () => loadBody(fields.bodyFile.files?.[0]));
  // The name of a file is shown only while the body field holds the bytes of that file.
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

  onClick("create-sample", createSample);
  onClick("sign-body", signBody);
  onClick("copy-curl", copyAsCurl);
  onClick("clear", clearForm);
  onClick("show-secret", toggleSecret);
}

/** The last curl command among the headers, so that its body is taken once and can be edited afterwards. */
let lastCurl = "";

/** Fills in the body and the method of a curl command that was pasted as headers. */
function takeFromCurl(): void {
  const text = fields.headers.value;
  if (text === lastCurl || !isCurl(text)) {
    return;
  }
  lastCurl = text;
  const { method, body } = readCurl(text);
  if (body !== undefined) {
    fillBody(body);
    forgetFile();
  }
  if (method !== undefined && [...fields.method.options].some(({ value }) => value === method)) {
    fields.method.value = method;
  }
}

/** Verifies the delivery in the form and shows the verdict. */
function check(): void {
  clearTimeout(typingPause);
  const contents = readForm();
  annotateForm(contents);
  showProblem(fields.secret, "");
  const delivery = deliveryIn(contents);
  if ("missing" in delivery) {
    showVerdict({ kind: "waiting", missing: delivery.missing });
    return;
  }
  try {
    const result = verifyDelivery(delivery);
    if (result.kind === "bad-key") {
      const { title } = contents.scheme;
      showProblem(fields.secret, `Line ${result.line} is not a valid key for ${title}.`);
    }
    showVerdict(result, { ignoreAge });
  } catch (error) {
    showFailure();
    throw error;
  }
}

function ignoreAge(): void {
  fields.clock.value = "signed-at";
  check();
  // The button that had the focus was removed with the old verdict.
  find("verdict", HTMLElement).focus();
}

/** Fills the form with a sample of the chosen sender: a recorded one if the sender has a private key, else a new one. */
function createSample(): void {
  const scheme = chosenScheme();
  clearExamplesOfOtherSchemes(scheme.name);
  const recording = recordingOf(scheme);
  if (recording !== undefined) {
    const secret = fields.secret.value.trim();
    if (secret === "" || secret === recording.keys.trim()) {
      showRecording(scheme, recording);
      return;
    }
  } else {
    fillExample(fields.secret, randomSecret(scheme), scheme.name);
    fillExample(fields.url, sampleUrl(scheme), scheme.name);
  }
  const { method, url, clock } = readForm();
  trySigning(scheme, (secret) => {
    fillSample(signedSample(scheme, secret, { method, url }, signingTime(clock)));
    return "A sample, signed in this page. Replace it with what you received.";
  });
}

/** Shows a recorded delivery as of the time at which it arrived. */
function showRecording({ name, title }: SchemeInfo, recording: Recording): void {
  fillExample(fields.secret, recording.keys, name);
  if (recording.receivedAt !== undefined) {
    fillExampleArrival(recording.receivedAt, name);
  }
  fillSample(recording);
  showNote(
    `A recorded sample with its public key, because ${title} signs with a private key. Replace it with what you received.`,
  );
  check();
}

function fillSample({ headers, body, url }: SignedRequest): void {
  fields.headers.value = printHeaders(headers);
  fields.url.value = url || fields.url.value;
  fillBody(body);
  forgetFile();
  sample = { headers: fields.headers.value, body: fields.body.value };
}

/** Signs the body in the form. The signature replaces the old one, in the headers or in the body. */
function signBody(): void {
  const { scheme, headers, body, method, url, clock } = readForm();
  if (recordingOf(scheme) === undefined) {
    fillExample(fields.secret, randomSecret(scheme), scheme.name);
  }
  trySigning(scheme, (secret) => {
    if (body === undefined) {
      throw new SigningError("the body is not valid base64");
    }
    const signed = sign(scheme, secret, { body, method, url }, signingTime(clock));
    const isReplaced = ([name]: Header) =>
      signed.headers.some(([other]) => other === name.toLowerCase());
    const kept = headers.headers.filter((header) => !isReplaced(header));
    fields.headers.value = printHeaders([...kept, ...signed.headers]);
    fields.url.value = signed.url || fields.url.value;
    if (signed.headers.length === 0) {
      fillBody(signed.body);
      return `Signed as ${scheme.title} signs: the signature or token is in the body.`;
    }
    const names = signed.headers.map(([name]) => name).join(", ");
    return `Signed as ${scheme.title} signs. New headers: ${names}.`;
  });
}

/** Signs with the first secret, and shows the note that `signWith` returns or why the request cannot be signed. */
function trySigning(scheme: SchemeInfo, signWith: (secret: string) => string): void {
  try {
    if (recordingOf(scheme) !== undefined) {
      throw new SigningError(
        `${scheme.title} signs with a private key that only ${scheme.title} has; paste a delivery and the public key, or clear the secret and create a sample to see a recorded delivery`,
      );
    }
    showNote(signWith(readForm().secrets[0]?.text ?? ""));
  } catch (error) {
    if (!(error instanceof KeyError || error instanceof SigningError)) {
      showFailure();
      throw error;
    }
    showNote(`Not signed: ${error.message.replaceAll("`", "")}.`);
  }
  check();
}

/** The time to sign at, so that the signature is current on this clock. */
function signingTime(clock: FormContents["clock"]): Date {
  return clock instanceof Date ? clock : new Date();
}

function isSampleUnchanged(): boolean {
  return fields.headers.value === sample?.headers && fields.body.value === sample.body;
}

async function copyAsCurl(): Promise<void> {
  const { scheme, headers, body, method, url } = readForm();
  if (body === undefined) {
    showNote("Not copied: the body is not valid base64.");
    return;
  }
  // The gate takes the signed URL from its configuration. Only the query differs between deliveries.
  const query = url.match(/\?[^#]*/)?.[0] ?? "";
  const target = `${location.origin}/in/${scheme.name}${query}`;
  const command = curlCommand({ method, url: target, headers: headers.headers, body });
  try {
    await navigator.clipboard.writeText(command);
    showNote(noteOnCopy(scheme));
  } catch {
    // Browsers allow copying only on HTTPS and localhost, and some not at all.
    const fallback = find("curl-command", HTMLTextAreaElement);
    fallback.value = command;
    fallback.hidden = false;
    showNote("This browser does not let the page copy. Copy the command from here:");
  }
}

/** Says what the gate needs, so that it accepts the request that was copied. */
function noteOnCopy({ name, signsUrl }: SchemeInfo): string {
  if (holdsExample(fields.secret)) {
    return `Copied, but this gate rejects it: the page made up the secret. Paste the secret of the gate’s source “${name}” (a local gate has it in .dev.vars), click “Sign this body”, and copy again.`;
  }
  const needed = signsUrl ? "this secret and URL" : "this secret";
  return `Copied. The command sends the request to /in/${name} of this gate, which needs a source of that name with ${needed}.`;
}

function clearForm(): void {
  for (const field of [fields.secret, fields.url, fields.headers, fields.body, fields.receivedAt]) {
    field.value = "";
  }
  fields.tolerance.value = "";
  fields.method.value = "POST";
  fields.bodyFormat.value = "lf";
  fields.clock.value = "now";
  forgetFile();
  sample = undefined;
  showNote("");
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

/** Shows below the buttons what a button did. An empty message hides the note. */
function showNote(message: string): void {
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

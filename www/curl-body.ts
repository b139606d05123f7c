// Reads the method and the body from a curl command that was pasted as headers, also as the page itself copies it.

import { bytesFromText } from "./body-bytes.js";
import { shellWords } from "./shell-words.js";

export interface CurlRequest {
  readonly method: string | undefined;
  /** `undefined` if the command has no body, or reads it from a file. */
  readonly body: Uint8Array | undefined;
}

const DATA_OPTION = /^(?:(-d)(.*)|(--(?:data|data-raw|data-ascii|data-binary|json))(?:=(.*))?)$/s;

export function readCurl(command: string): CurlRequest {
  const words = shellWords(command).map(({ word }) => word);
  const data: string[] = [];
  let method: string | undefined;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    const next = words[index + 1];
    const [, short, attachedToShort, long, attachedToLong] = word.match(DATA_OPTION) ?? [];
    const attached = attachedToShort || attachedToLong;
    if (word === "-X" || word === "--request") {
      method = next;
    } else if (short ?? long) {
      const value = attached ?? next ?? "";
      // Otherwise the @ is before the name of a file.
      if (value.startsWith("@") && long !== "--data-raw") {
        return { method, body: value === "@-" ? pipedBody(words) : undefined };
      }
      data.push(value);
      index += attached === undefined ? 1 : 0;
    }
  }
  return { method, body: data.length === 0 ? undefined : bytesFromText(data.join("&"), "lf") };
}

/** The body in `printf %s '<base64>' | base64 -d | curl …`. */
function pipedBody(words: readonly string[]): Uint8Array | undefined {
  const [print, format, text, pipe, decoder] = words;
  const isOurs = [print, format, pipe, decoder].join(" ") === "printf %s | base64";
  return isOurs && text !== undefined ? bytesFromText(text, "base64") : undefined;
}

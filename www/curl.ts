// A delivery as a command for a POSIX shell.

import { decodeUtf8, encodeBase64 } from "./body.js";
import type { SampleRequest } from "./sample.js";

/** What curl says by itself, and what belonged to the connection that the delivery came by. */
const NOT_SENT = /^(?:host|connection|content-length|transfer-encoding|accept-encoding|expect)$/i;

export function curlCommand({ method, url, headers, body }: SampleRequest): string {
  // Whatever has a body is posted unless curl is told otherwise.
  const verb = method === "POST" ? "" : `-X ${method} `;
  const lines = [`curl -i ${verb}${quote(url)}`];
  for (const [name, value] of headers) {
    if (!NOT_SENT.test(name)) {
      // A header without a value has to be asked for like this.
      lines.push(`  -H ${quote(value === "" ? `${name};` : `${name}: ${value}`)}`);
    }
  }
  const text = decodeUtf8(body);
  if (text !== undefined && isSafeInShell(text)) {
    // Not `--data`, which takes an @ in front for the name of a file.
    return [...lines, `  --data-raw ${quote(text)}`].join(" \\\n");
  }
  const bytes = `printf %s ${quote(encodeBase64(body))} | base64 -d | `;
  return bytes + [...lines, "  --data-binary @-"].join(" \\\n");
}

/** Whether a terminal carries every character of it as it is. */
function isSafeInShell(text: string): boolean {
  return !/(?![\n\t])\p{Cc}|\ufeff/u.test(text);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

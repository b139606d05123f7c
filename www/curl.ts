// Prints a request as a curl command for a POSIX shell.

import { decodeUtf8, encodeBase64 } from "./body-bytes.js";
import type { SignedRequest } from "./sign.js";

/** Headers that curl writes itself, or that belong to the connection by which the delivery arrived. */
const OMITTED_HEADERS =
  /^(?:host|connection|content-length|transfer-encoding|accept-encoding|expect)$/i;

/** Returns the command. It decodes the body from base64 if a terminal would not keep every byte of it. */
export function curlCommand({ method, url, headers, body }: SignedRequest): string {
  // With a body, curl posts by default.
  const methodOption = method === "POST" ? "" : `-X ${method} `;
  const lines = [`curl -i ${methodOption}${quote(url)}`];
  for (const [name, value] of headers) {
    if (!OMITTED_HEADERS.test(name)) {
      // `Name;` sends a header with an empty value. `Name:` would remove the header.
      lines.push(`  -H ${quote(value === "" ? `${name};` : `${name}: ${value}`)}`);
    }
  }
  const text = decodeUtf8(body);
  if (text !== undefined && isSafeInTerminal(text)) {
    // `--data` would read a file if the body started with @.
    return [...lines, `  --data-raw ${quote(text)}`].join(" \\\n");
  }
  const decode = `printf %s ${quote(encodeBase64(body))} | base64 -d | `;
  return decode + [...lines, "  --data-binary @-"].join(" \\\n");
}

/** Whether every character survives being pasted into a terminal. */
function isSafeInTerminal(text: string): boolean {
  return !/(?![\n\t])\p{Cc}|\ufeff/u.test(text);
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
